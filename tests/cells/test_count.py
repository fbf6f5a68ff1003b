import math

import numpy as np
import pytest

from pathoflow.cells import (
    CellCount,
    CountCalibration,
    CountSettings,
    NucleusClass,
    count_tumour_cells,
    join_counts,
)
from pathoflow.errors import UsageError
from pathoflow.phantom import PhantomSpec, Truth, paint, plan_slide
from pathoflow.space import Box, Frame
from pathoflow.tissue import StainScale, stain_scale
from pathoflow.tissue.dye import field_darkness

SCALE = StainScale((245.0, 245.0, 245.0))


def everywhere(pixels):
    return np.ones(pixels.shape[:2], bool)


@pytest.mark.parametrize("mpp", [0.2, 0.5])
def test_a_plug_of_carcinoma_is_counted(plug, mpp):
    pixels, n = plug(diameter_um=10, haematoxylin=0.58, mpp=mpp)
    count = count_tumour_cells(pixels, everywhere(pixels), mpp, scale=SCALE)
    assert count.n == pytest.approx(n, abs=2)
    assert count.low <= count.n <= count.high
    assert len(count.centres_px) == count.n
    assert count.classes[NucleusClass.TUMOUR] >= count.n


@pytest.mark.parametrize(
    ("diameter", "haematoxylin", "spacing"),
    [(6.0, 0.70, 9.0), (7.1, 0.40, 22.0)],
    ids=["lymphocytes", "hepatocytes"],
)
def test_plugs_of_other_cells_hold_no_tumour_cells(plug, diameter, haematoxylin, spacing):
    pixels, n = plug(diameter, haematoxylin, spacing)
    count = count_tumour_cells(pixels, everywhere(pixels), 0.5, scale=SCALE)
    assert sum(count.classes.values()) >= 0.8 * n
    assert count.n <= 0.1 * n


def test_only_nuclei_with_their_centre_inside_count(plug):
    pixels, _ = plug(diameter_um=10, haematoxylin=0.58)
    inside = everywhere(pixels)
    inside[:, : inside.shape[1] // 2] = False
    count = count_tumour_cells(pixels, inside, 0.5, scale=SCALE)
    assert count.n > 0
    assert count.centres_px[:, 1].min() >= inside.shape[1] // 2 - 0.5
    assert count.inside_area_um2 == inside.sum() * 0.25


def test_the_territory_of_one_cell_is_a_disc(drawing, rng):
    field = drawing(60)
    field.nucleus((30, 30), (10, 10), haematoxylin=0.58)
    pixels = field.pixels(0.5, rng)
    count = count_tumour_cells(pixels, everywhere(pixels), 0.5, scale=SCALE)
    assert count.n == 1
    radius = CountSettings().territory_radius_um
    assert count.tumour_area_um2 == pytest.approx(math.pi * radius**2, rel=0.03)
    assert count.tumour_fraction == pytest.approx(count.tumour_area_um2 / 3600, rel=0.01)


def test_an_empty_lumen_counts_zero_with_certainty(drawing, rng):
    pixels = drawing(60, haematoxylin=0.0, eosin=0.02).pixels(0.5, rng)
    count = count_tumour_cells(pixels, everywhere(pixels), 0.5, scale=SCALE)
    assert (count.n, count.low, count.high) == (0, 0, 0)
    assert count.tumour_area_um2 == 0


def test_a_lumen_without_pixels_has_no_fraction(drawing, rng):
    pixels = drawing(60).pixels(0.5, rng)
    count = count_tumour_cells(pixels, ~everywhere(pixels), 0.5, scale=SCALE)
    assert count.tumour_fraction == 0.0


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(UsageError, match="cut both from one box"):
        count_tumour_cells(np.zeros((9, 9, 3), np.uint8), np.ones((9, 8), bool), 0.5)


def piece(n, method="classical", **more):
    """A count of ``n`` certain tumour cells in a row."""
    values = {
        "n": n,
        "expected": float(n),
        "variance": 0.0,
        "centres_px": np.stack([np.zeros(n), np.arange(n)], axis=1),
        "tumour_area_um2": 100.0 * n,
        "inside_area_um2": 1000.0,
        "classes": dict.fromkeys(NucleusClass, 0) | {NucleusClass.TUMOUR: n},
        "calibration": CountCalibration(1.0, 0.1),
        "method": method,
    }
    return CellCount(**(values | more))


def test_pieces_of_a_lumen_are_one_count():
    whole = join_counts([piece(40, variance=3.0), piece(20, variance=1.0).moved(100, 7)])
    assert (whole.n, whole.expected, whole.variance) == (60, 60, 4)
    assert whole.centres_px[40].tolist() == [100, 7]
    assert whole.classes[NucleusClass.TUMOUR] == 60
    assert whole.tumour_fraction == 6000 / 2000
    half = 1.6449 * math.sqrt(4 + 6**2)
    assert whole.interval == (round(60 - half), round(60 + half))
    assert whole.box == "undetermined"


def test_an_interval_holds_the_count_itself():
    assert piece(10, expected=20.0, calibration=CountCalibration(1.0, 0.0)).interval == (10, 20)


def test_pieces_counted_in_different_ways_are_refused():
    with pytest.raises(UsageError, match="counted in one way, not 2"):
        join_counts([piece(1), piece(1, "network:a")])
    with pytest.raises(UsageError, match="counted in one way, not 0"):
        join_counts([])


WANTED = ("tumour", "leucocytes", "red_cells", "hepatocytes")


@pytest.fixture(scope="module", params=["train", "test"])
def painted(request):
    """Vessels of a painted slide: name of the content, true count, and what was counted."""
    spec = PhantomSpec(
        seed=5, size_px=(9000, 9000), mpp=0.5, family=request.param, vessels=60, mvi_vessels=12
    )
    plan = plan_slide(spec)
    truth, frame = Truth(plan), Frame.at(0.5, plan.mpp)
    crops = []
    for vessel in plan.vessels:
        if vessel.diameter_um > 200 or vessel.contents.name not in WANTED:
            continue
        left, top, right, bottom = truth.lumens[vessel.index].bounds
        box = Box.spanning(int(top), int(left), int(bottom) + 1, int(right) + 1).grow(60)
        crops.append((vessel, box, paint(plan, box)))
    scale = known_scale(plan, [pixels for _, _, pixels in crops])
    found = []
    for vessel, box, pixels in crops:
        inside = truth.lumen_labels(box, frame) == vessel.index + 1
        counted = count_tumour_cells(pixels, inside, 0.5, scale=scale)
        found.append((vessel.contents.name, vessel.n_tumour_cells, counted))
    return found


def known_scale(plan, crops):
    """The slide's stain, as the tissue room would have measured it from fields at 1 µm/px."""
    white = tuple(float(level) for level in plan.look.white)
    fields = [
        pixels[: h // 2 * 2 : 2, : w // 2 * 2 : 2]
        for pixels in crops
        for h, w in [pixels.shape[:2]]
    ]
    return stain_scale(white, [field_darkness(field, white) for field in fields])


def test_counts_in_painted_veins_are_within_a_quarter_of_the_truth(painted):
    pairs = [(true, count) for name, true, count in painted if name == "tumour"]
    assert len(pairs) >= 6
    errors = [abs(count.n - true) / true for true, count in pairs]
    assert np.median(errors) <= 0.25
    covered = [count.low <= true <= count.high for true, count in pairs]
    assert np.mean(covered) >= 0.6


def test_painted_veins_without_tumour_hold_few_tumour_cells(painted):
    others = [count for name, _, count in painted if name != "tumour"]
    assert len(others) >= 4
    assert np.mean([count.n <= 3 for count in others]) >= 0.8
    cells = sum(sum(count.classes.values()) for count in others)
    assert sum(count.n for count in others) <= max(3, 0.1 * cells)
