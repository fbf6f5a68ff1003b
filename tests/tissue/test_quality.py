import numpy as np
import pytest

from pathoflow.errors import Code
from pathoflow.space import Frame, Mpp
from pathoflow.tissue import Overview, TissueMask, assess, assess_slide, find_tissue


@pytest.fixture
def assess_picture(rng):
    """Assess a painted picture of 8 µm/px on a slide of ``slide_mpp``."""

    def run(picture, slide_mpp=0.5):
        pixels = picture.pixels(rng)
        mpp = Mpp.square(slide_mpp)
        overview = Overview(pixels, 8.0, Frame.at(8.0, mpp), mpp)
        return assess(overview, TissueMask(find_tissue(pixels, 8.0), overview.frame, mpp))

    return run


@pytest.fixture
def section(canvas, rng):
    picture = canvas(500, 500)
    picture.tissue(picture.disc((250, 250), 200), rng)
    return picture


def codes(report):
    return [flag.code for flag in report.flags]


def test_a_good_section_has_no_remarks(assess_picture, section):
    report = assess_picture(section)
    assert report.flags == ()
    assert not report.is_rejected
    assert not report.refuses_grade
    assert report.allows_cell_count
    assert report.excluded_area_um2 == 0
    assert report.stain.white == pytest.approx((243,) * 3, abs=3)


def test_empty_glass_is_an_error(assess_picture, canvas):
    report = assess_picture(canvas(300, 300))
    assert codes(report) == [Code.NO_TISSUE]
    assert report.is_rejected


def test_ink_is_left_out_of_the_tissue_and_shown_with_its_area(assess_picture, section):
    ring = section.disc((250, 250), 130) & ~section.disc((250, 250), 105)
    section.stain(ring, blue_ink=1.1)
    report = assess_picture(section)
    assert codes(report) == [Code.PEN]
    assert not report.is_rejected
    assert not report.tissue.pixels[ring].any()
    assert report.tissue.pixels[250, 250]
    # The ring and 60 µm beside it on both sides.
    expected = np.pi * (137.5**2 - 97.5**2) * 64
    assert report.excluded_area_um2 == pytest.approx(expected, rel=0.08)
    assert report.flags[0].area_um2 == pytest.approx(report.excluded_area_um2)


def test_ink_on_glass_alone_is_no_tissue(assess_picture, canvas):
    picture = canvas(400, 400)
    stroke = np.zeros((400, 400), bool)
    stroke[100:130, 50:350] = True
    picture.stain(stroke, blue_ink=1.1)
    report = assess_picture(picture)
    assert Code.NO_TISSUE in codes(report)


def test_an_immunostain_is_rejected_and_errors_come_first(assess_picture, section):
    section.stain(section.disc((250, 250), 200), brown=0.4, haematoxylin=0.1)
    report = assess_picture(section, slide_mpp=1.0)
    assert codes(report) == [Code.OOD_STAIN, Code.RES_TOO_LOW]
    assert report.is_rejected
    assert not report.allows_cell_count


def test_a_core_may_be_listed_but_not_graded(assess_picture, canvas, rng):
    picture = canvas(300, 900)
    core = np.zeros((300, 900), bool)
    core[100:230, 50:850] = True
    picture.tissue(core, rng)
    report = assess_picture(picture)
    assert codes(report) == [Code.BIOPSY]
    assert not report.is_rejected
    assert report.refuses_grade


def test_a_slide_is_read_and_assessed_in_one_call(canvas, rng, array_slide):
    picture = canvas(1600, 1600)
    picture.tissue(picture.disc((800, 800), 600), rng)
    report = assess_slide(array_slide(picture.pixels(rng), mpp=1.0))
    assert codes(report) == [Code.RES_TOO_LOW]
    assert report.tissue.area_um2 + report.excluded_area_um2 == pytest.approx(
        np.pi * 600**2, rel=0.05
    )


def test_a_bubble_is_left_out_and_the_tissue_round_it_kept(assess_picture, section):
    bubble = section.disc((250, 250), 60)
    section.add(bubble & ~section.disc((250, 250), 58), black_ink=0.6)
    report = assess_picture(section)
    assert codes(report) == [Code.ARTEFACT]
    flag = report.flags[0]
    assert flag.severity == "warning"
    assert not report.tissue.pixels[bubble].any()
    assert report.tissue.pixels[250, 320]
    # The bubble and 16 µm beside it.
    assert flag.area_um2 == pytest.approx(np.pi * 62**2 * 64, rel=0.03)
    assert report.excluded_area_um2 == pytest.approx(flag.area_um2)


def test_a_fold_is_flagged_with_its_place_and_stays_in(assess_picture, section):
    fold = np.zeros((500, 500), bool)
    fold[244:256, 150:350] = True
    section.density[fold] *= 2.1
    report = assess_picture(section)
    assert codes(report) == [Code.FOLD]
    flag = report.flags[0]
    assert flag.severity == "warning"
    assert flag.mask[fold].mean() > 0.9
    assert flag.area_um2 == pytest.approx(fold.sum() * 64, rel=0.2)
    assert report.tissue.pixels[fold].all()
    assert report.excluded_area_um2 == 0


def test_a_speck_of_dust_is_told_without_a_warning(assess_picture, section):
    section.add(section.disc((250, 250), 3), black_ink=0.6)
    report = assess_picture(section)
    assert [(flag.code, flag.severity) for flag in report.flags] == [(Code.ARTEFACT, "info")]


def test_on_another_stain_neither_folds_nor_dust_are_looked_for(assess_picture, section):
    section.stain(section.disc((250, 250), 200), brown=0.4, haematoxylin=0.1)
    section.add(section.disc((250, 250), 20), black_ink=0.6)
    assert codes(assess_picture(section)) == [Code.OOD_STAIN]
