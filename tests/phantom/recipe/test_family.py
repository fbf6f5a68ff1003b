from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from pathoflow.phantom.recipe.family import FAMILIES, Family

PAIRS = list(combinations(FAMILIES.values(), 2))


def angle_deg(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    u, v = np.asarray(a) / np.linalg.norm(a), np.asarray(b) / np.linalg.norm(b)
    return float(np.degrees(np.arccos(u @ v)))


def test_the_training_pair_of_stains_lies_30_degrees_apart_as_published() -> None:
    train = FAMILIES["train"]
    assert round(angle_deg(train.haematoxylin, train.eosin), 1) == 30.2


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_any_two_families_differ_in_noise_colour_walls_and_mixing(
    one: Family, other: Family
) -> None:
    assert one.noise != other.noise
    assert (one.octaves, one.gain) != (other.octaves, other.gain)
    assert angle_deg(one.eosin, other.eosin) > 4
    assert one.wall_share != other.wall_share
    assert one.wall_uneven != other.wall_uneven
    assert one.wall_split != other.wall_split
    assert one.mixing != other.mixing


@pytest.mark.parametrize("kind", ["wall_share", "wall_eosin", "texture_scale", "white"])
def test_the_stress_family_goes_beyond_the_training_range(kind: str) -> None:
    train, stress = getattr(FAMILIES["train"], kind), getattr(FAMILIES["stress"], kind)
    assert stress[0] < train[0]
    assert stress[1] >= train[1]


def test_stress_is_harder_than_training_in_every_way_that_hides_tissue() -> None:
    train, stress = FAMILIES["train"], FAMILIES["stress"]
    assert stress.blur_um[1] > train.blur_um[1]
    assert stress.jpeg_quality[1] <= train.jpeg_quality[0]
    assert stress.thickness[0] >= train.thickness[1]
    assert stress.equivocal > train.equivocal
    for kind in ("pen", "folds", "bubbles", "blurs", "dust_per_mm2", "tears_per_mm2", "dropouts"):
        assert getattr(stress.artefacts, kind) > getattr(train.artefacts, kind)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_ranges_stay_within_what_slides_show(family: Family) -> None:
    """White 225 to 252 and lens 0.3 to 1.1 µm; every range ascends; shares are shares."""
    ranges = (
        family.white,
        family.blur_um,
        family.chroma_shift_um,
        family.thickness,
        family.jpeg_quality,
        family.texture_scale,
        family.wall_share,
        family.wall_eosin,
    )
    assert all(low <= high for low, high in ranges)
    assert 225 <= family.white[0] <= family.white[1] <= 252
    assert 0.3 <= family.blur_um[0] <= family.blur_um[1] <= 1.1
    for share in (family.mixing, family.wall_split, family.equivocal, family.wall_share[1]):
        assert 0 <= share <= 1
