from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom import PhantomSpec
from pathoflow.phantom.plan.draft import draw_sites
from pathoflow.phantom.plan.sites import CAPSULAR, CENTRAL, NAMES, PORTAL, SUBLOBULAR, Sites
from pathoflow.phantom.plan.tissue import plan_tissue
from pathoflow.phantom.plan.vein import Form

DENSITY_UM2 = 0.0034


@pytest.fixture(scope="module")
def sites() -> Sites:
    """The veins of a section of 50 x 50 mm."""
    spec = PhantomSpec(1, (50000, 50000), 1.0, "train")
    rng = np.random.default_rng(0)
    return draw_sites(spec, plan_tissue(spec, rng), DENSITY_UM2, rng)


def test_veins_are_as_wide_as_in_life(sites: Sites) -> None:
    """Log-normal with a median of 60 µm and a spread of 0.8, cut to 20 to 1,500 µm."""
    assert len(sites) > 1000
    diameter = sites.diameter_um
    assert diameter.min() >= 20
    assert diameter.max() <= 1500
    assert np.median(diameter) == pytest.approx(63, rel=0.12)
    assert np.log(diameter).std() == pytest.approx(0.8, rel=0.15)
    assert 0.015 <= (diameter > 512).mean() <= 0.04


def test_portal_and_hepatic_veins_are_equally_many(sites: Sites) -> None:
    portal = (sites.role == PORTAL).mean()
    assert 0.45 < portal < 0.55
    assert sites.diameter_um[sites.role == SUBLOBULAR].min() > 90
    assert 1 <= (sites.role == CAPSULAR).sum() <= 4
    assert (sites.arteries[sites.role == PORTAL] >= 1).all()
    assert (sites.arteries[sites.role != PORTAL] == 0).all()


def test_hepatic_veins_are_cut_more_obliquely_and_some_veins_are_slits(sites: Sites) -> None:
    slit = sites.form == Form.SLIT
    assert slit.mean() >= 0.05
    assert ((sites.aspect[slit] >= 4) & (sites.aspect[slit] <= 8)).all()
    open_portal = sites.aspect[(sites.role == PORTAL) & ~slit]
    open_central = sites.aspect[(sites.role == CENTRAL) & ~slit]
    assert open_portal.mean() < open_central.mean()
    assert open_central.min() >= 1
    assert open_central.max() <= 3
    assert (sites.form == Form.ANGULAR).mean() > 0.1
    assert (sites.form == Form.FOLDED).mean() > 0.1


def test_four_in_a_hundred_veins_are_cut_twice(sites: Sites) -> None:
    assert 0.03 < sites.has_twin.mean() < 0.05


def test_contents_follow_the_recipe(sites: Sites) -> None:
    shares = np.bincount(sites.content, minlength=len(NAMES)) / len(sites)
    found = dict(zip(NAMES, shares.tolist(), strict=True))
    assert found["tumour"] == pytest.approx(0.03, abs=0.005)
    assert found["red_cells"] == pytest.approx(0.30, abs=0.07)
    assert found["serum"] == pytest.approx(0.10, abs=0.04)
    assert found["empty"] == pytest.approx(0.47, abs=0.09)
    alike = found["leucocytes"] + found["hepatocytes"] + found["thrombus"]
    assert alike >= found["tumour"]


def test_invaded_veins_and_look_alikes_have_the_same_widths(sites: Sites) -> None:
    invaded = sites.diameter_um[sites.is_invaded]
    alike = sites.diameter_um[np.isin(sites.content, [3, 4, 5])]
    assert invaded.min() >= 50
    assert alike.min() >= 50
    assert np.median(np.log(invaded)) == pytest.approx(np.median(np.log(alike)), abs=0.35)
