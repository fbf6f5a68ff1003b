from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pathoflow.errors import Code, NetworkError
from pathoflow.networks import Domain, fit_domain, load_domain, save_domain


def features(n: int, seed: int, shift: float = 0.0) -> np.ndarray:
    """Three channels, of which the second nearly repeats the first."""
    rng = np.random.default_rng(seed)
    one = rng.normal(size=n)
    two = one + 0.2 * rng.normal(size=n)
    three = rng.normal(size=n)
    return np.stack([5 + shift + one, 2 * two, 0.1 * three], 1).astype(np.float32)


def by_the_formula(vector: np.ndarray, known: np.ndarray) -> float:
    """``z = (f - m) / s``, distance ``sqrt(z' (R + 0.05 I)^-1 z / n)``, with numpy's own correlations."""
    z = (vector - known.mean(0)) / known.std(0)
    correlation = np.corrcoef(known.T)
    return math.sqrt(z @ np.linalg.solve(correlation + 0.05 * np.eye(len(z)), z) / len(z))


def test_the_distance_is_that_of_the_formula() -> None:
    known = features(500, 0)
    domain = fit_domain(known, features(50, 1), 64)
    for vector in (*features(5, 2), *features(5, 3, shift=4.0)):
        assert domain.distance(vector) == pytest.approx(by_the_formula(vector, known), rel=1e-3)


def test_the_mean_itself_has_no_distance() -> None:
    known = features(500, 0)
    domain = fit_domain(known, features(50, 1), 64)
    assert domain.distance(known.mean(0)) == pytest.approx(0, abs=1e-2)


def test_own_tissue_lies_near_one_and_a_broken_correlation_is_far() -> None:
    domain = fit_domain(features(500, 0), features(50, 1), 64)
    own = [domain.distance(vector) for vector in features(200, 2)]
    assert 0.7 < np.sqrt(np.mean(np.square(own))) < 1.1
    # Each channel for itself would be usual: 5 + 1.5 and 2 * -1.5. Together they never occur.
    odd = np.array([6.5, -3.0, 0.0], np.float32)
    assert domain.distance(odd) > domain.limit
    assert domain.distance(np.array([6.5, 3.0, 0.0], np.float32)) < domain.limit


def test_the_limit_leaves_room_above_99_of_100_held_out_pieces() -> None:
    known, held_out = features(500, 0), features(300, 1)
    limit = fit_domain(known, held_out, 64).limit
    distances = sorted(by_the_formula(vector, known) for vector in held_out)
    assert limit == pytest.approx(1.2 * np.quantile(distances, 0.99), rel=1e-2)


def test_few_pieces_for_many_channels_and_a_silent_channel_still_give_numbers() -> None:
    rng = np.random.default_rng(0)
    known = rng.normal(size=(20, 50)).astype(np.float32)
    known[:, 7] = 0.0
    domain = fit_domain(known, known[:5], 64)
    assert np.isfinite(domain.precision).all()
    assert 0 < domain.limit < 10


def test_statistics_come_back_as_they_were_saved(tmp_path: Path) -> None:
    domain = fit_domain(features(100, 0), features(50, 1), 96)
    about = save_domain(domain, tmp_path)
    assert (about.limit, about.patch_px) == (domain.limit, 96)
    loaded = load_domain(tmp_path, about)
    assert np.array_equal(loaded.mean, domain.mean)
    assert np.array_equal(loaded.precision, domain.precision)
    assert (loaded.limit, loaded.patch_px) == (domain.limit, 96)


def test_altered_or_missing_statistics_are_refused(tmp_path: Path) -> None:
    about = save_domain(
        Domain(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), 1, 8), tmp_path
    )
    with pytest.raises(NetworkError, match="is not the one its card names") as caught:
        load_domain(tmp_path, replace(about, sha256="0" * 64))
    assert caught.value.code is Code.MODEL_HASH
    path = tmp_path / "domain.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x07")
    with pytest.raises(NetworkError) as caught:
        load_domain(tmp_path, about)
    assert caught.value.code is Code.MODEL_HASH
    path.unlink()
    with pytest.raises(NetworkError, match="cannot be read: No such file"):
        load_domain(tmp_path, about)


def test_statistics_may_be_read_by_whoever_may_read_new_files(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    save_domain(Domain(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), 1, 8), tmp_path)
    modes = [(tmp_path / name).stat().st_mode for name in ("plain", "domain.safetensors")]
    assert modes[0] == modes[1]
