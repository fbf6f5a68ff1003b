from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom.plan.look import RED_CELL_OD, draw_look
from pathoflow.phantom.recipe.family import FAMILIES


def unit(vector: object) -> np.ndarray:
    values = np.asarray(vector, float)
    return values / np.linalg.norm(values)


def test_without_jitter_a_slide_has_its_familys_mean_stains() -> None:
    look = draw_look(FAMILIES["train"], 0.0, np.random.default_rng(1))
    assert look.density[0] == pytest.approx(unit(FAMILIES["train"].haematoxylin), abs=1e-6)
    assert look.density[1] == pytest.approx(unit(FAMILIES["train"].eosin), abs=1e-6)
    assert look.density[2] == pytest.approx(unit(RED_CELL_OD), abs=1e-6)


def test_slides_of_one_family_vary_in_colour_within_its_ranges() -> None:
    looks = [draw_look(FAMILIES["train"], 1.0, np.random.default_rng(k)) for k in range(60)]
    turns = [
        np.degrees(np.arccos(min(1.0, unit(look.density[1]) @ unit(FAMILIES["train"].eosin))))
        for look in looks
    ]
    assert 1.5 < np.std([*turns, *(-t for t in turns)]) < 6.5
    strengths = np.log([np.linalg.norm(look.density[0]) for look in looks])
    assert 0.12 < strengths.std() < 0.30
    assert all(look.white.min() >= 235 - 3 and look.white.max() <= 254 for look in looks)
    assert all(0.3 <= look.blur_um <= 0.7 for look in looks)


def test_every_family_keeps_the_strength_of_its_textures() -> None:
    places = np.arange(400) * 0.5
    spread = [
        draw_look(FAMILIES[name], 1.0, np.random.default_rng(2))
        .texture(places, places, 4.0, 3)
        .std()
        for name in ("train", "test", "stress")
    ]
    assert max(spread) / min(spread) < 1.25
