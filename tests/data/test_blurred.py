from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from scipy import ndimage

from pathoflow.data import BlurredSpec, PatchSet, bank, blurred_patches
from pathoflow.errors import UsageError
from pathoflow.phantom import PhantomSpec, Truth, plan_slide, training_patch
from pathoflow.space import Box, Frame


def spec(**changed: Any) -> BlurredSpec:
    fields: dict[str, Any] = {"seeds": (5,), "n_per_slide": 4, "patch_px": 64, "slide_px": 3000}
    return BlurredSpec(**{**fields, **changed})


@pytest.fixture(autouse=True)
def _threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "ProcessPoolExecutor", ThreadPoolExecutor)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> PatchSet:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bank, "ProcessPoolExecutor", ThreadPoolExecutor)
        return blurred_patches(spec(seeds=(5, 6)), tmp_path_factory.mktemp("bank"))


def test_patches_with_and_without_vessels_of_every_slide(found: PatchSet) -> None:
    assert found.pixels.shape == (8, 64, 64, 3)
    assert (found.classes, found.mpp) == (("vessel",), 2.0)
    assert found.groups == ("painted-train-5",) * 4 + ("painted-train-6",) * 4
    with_vessel = found.masks.any(axis=(1, 2, 3))
    assert with_vessel.tolist() == [True, True, True, False] * 2
    assert found.known[~with_vessel].mean() > 0.7
    for mask, known in zip(found.masks[with_vessel, 0], found.known[with_vessel], strict=True):
        assert known[mask].mean() >= 0.7


def test_only_pixels_are_blurred_and_alike_up_to_the_rim() -> None:
    from pathoflow.data.blurred import _blurred

    plan = plan_slide(PhantomSpec(5, (1000, 1000), 1.0, "train"))
    frame, box = Frame(2, 2), Box(200, 220, 40, 40)
    sigma = 1.7
    wide = training_patch(plan, frame, box.grow(30)).astype(np.float64)
    expected = ndimage.gaussian_filter(wide, (sigma, sigma, 0), truncate=8)[30:70, 30:70]
    assert np.abs(_blurred(plan, frame, box, sigma) - expected).max() <= 1.0
    sharp = training_patch(plan, frame, box)
    assert sharp.std() > 1.2 * _blurred(plan, frame, box, sigma).std()


def test_masks_are_the_outlines_of_the_plan(found: PatchSet) -> None:
    """Every mask is one that shapely draws of the same slide, wherever the patch lies."""
    truth = Truth(plan_slide(PhantomSpec(5, (3000, 3000), 1.0, "train")))
    areas = []
    for mask in found.masks[:3, 0]:
        labels, count = ndimage.label(mask)
        inner = [
            int((labels == k).sum())
            for k in range(1, count + 1)
            if not {0, 63} & {int(v) for v in np.argwhere(labels == k).ravel()}
        ]
        areas += inner
    walls = shapely.area([truth.wall(vessel) for vessel in truth.plan.vessels]) / 4
    assert areas, "some vessel lies wholly in its patch"
    for area in areas:
        # A pixel centre rule errs by about the root of the rim's length.
        assert np.abs(walls - area).min() <= 3 + 0.03 * area


def test_families_and_slides_have_stains_of_their_own(tmp_path: Path) -> None:
    colours = [
        np.median(
            blurred_patches(
                spec(family=family, n_per_slide=2, seeds=(seed,)), tmp_path
            ).pixels.reshape(-1, 3),
            axis=0,
        )
        for family, seed in (("train", 5), ("train", 6), ("stress", 5))
    ]
    assert np.abs(colours[0] - colours[1]).max() > 3
    assert np.abs(colours[0] - colours[2]).max() > 3


def test_what_was_painted_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    once = blurred_patches(spec(n_per_slide=1), tmp_path, told.append)
    again = blurred_patches(spec(n_per_slide=1), tmp_path, told.append)
    assert told == ["painted slide 5: 1 of 1"]
    assert np.array_equal(once.pixels, again.pixels)
    assert len(list(tmp_path.iterdir())) == 1


def test_slides_without_fitting_vessels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="slide train 5 shows too few vessels of 2000 to 3000 µm"):
        blurred_patches(spec(vessel_um=(2000.0, 3000.0)), tmp_path)
    with pytest.raises(UsageError, match="too few places without a vessel"):
        blurred_patches(spec(patch_px=1400, vessel_share=0.0, n_per_slide=1), tmp_path)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seeds": ()}, "seeds must be named"),
        ({"seeds": (1, 1)}, "each once"),
        ({"n_per_slide": 0}, "at least 1"),
        ({"vessel_share": 1.2}, "must lie in 0 to 1"),
        ({"blur_px": (2.0, 1.0)}, "blur_px must rise"),
        ({"mpp": 1.5}, "mpp 1.5 must be a whole multiple of 1"),
    ],
)
def test_senseless_settings_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        spec(**wrong)
