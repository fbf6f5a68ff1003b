from __future__ import annotations

import numpy as np

from pathoflow.phantom.recipe.family import FAMILIES, Family


def angle_deg(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    u, v = np.asarray(a) / np.linalg.norm(a), np.asarray(b) / np.linalg.norm(b)
    return float(np.degrees(np.arccos(u @ v)))


def test_the_training_pair_of_stains_lies_30_degrees_apart_as_published() -> None:
    train = FAMILIES["train"]
    assert round(angle_deg(train.haematoxylin, train.eosin), 1) == 30.2


def test_families_differ_in_stain_texture_walls_and_mixing() -> None:
    def signature(family: Family) -> tuple[object, ...]:
        return family.octaves, family.wall_share, family.mixing, family.texture_scale

    assert len({signature(family) for family in FAMILIES.values()}) == 3
    assert angle_deg(FAMILIES["train"].eosin, FAMILIES["test"].eosin) > 4
    assert angle_deg(FAMILIES["train"].eosin, FAMILIES["stress"].eosin) > 4
