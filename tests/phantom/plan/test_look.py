from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pathoflow.phantom.plan.look import RED_CELL_OD, draw_look
from pathoflow.phantom.recipe.family import FAMILIES, FamilyName
from pathoflow.phantom.shapes.texture import TEXTURE_SD, texture_grid


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


@pytest.mark.parametrize("name", ["train", "test", "stress"])
def test_every_family_keeps_the_strength_of_its_textures(name: FamilyName) -> None:
    places = np.arange(1200) * 0.5
    look = draw_look(FAMILIES[name], 1.0, np.random.default_rng(2))
    texture = look.texture(places, places, 4.0, 3)
    assert texture.std() == pytest.approx(TEXTURE_SD, rel=0.03)
    assert abs(texture.mean()) < 0.03


@pytest.mark.parametrize("name", ["train", "test", "stress"])
def test_textures_at_scattered_places_are_those_of_the_grid(name: FamilyName) -> None:
    y, x = np.arange(40) * 1.3, np.arange(30) * 1.7
    look = draw_look(FAMILIES[name], 1.0, np.random.default_rng(2))
    grid = look.texture(y, x, 5.0, 3)
    assert np.allclose(look.texture_at(y[:, None], x[None, :], 5.0, 3), grid, atol=1e-5)


def test_families_draw_their_textures_from_their_own_noise() -> None:
    places = np.arange(400) * 0.5
    look = draw_look(FAMILIES["train"], 1.0, np.random.default_rng(2))
    for noise in ("value", "gradient", "ridged"):
        own = replace(look, noise=noise)
        expected = texture_grid(noise, places, places, 4.0 * look.texture_scale, 3)
        assert np.array_equal(own.texture(places, places, 4.0, 3), expected)
