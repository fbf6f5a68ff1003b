import numpy as np
import pytest
from scipy import ndimage as ndi

from pathoflow.errors import Code, TileUnreadable
from pathoflow.space import Frame, Mpp, Size
from pathoflow.tissue import FocusSettings, TissueMask, check_focus, sample_fields
from pathoflow.tissue.focus import measure_field, typical_red_spread

WHITE = (243.0, 243.0, 243.0)


@pytest.fixture(scope="module")
def nuclei():
    """Pink ground with dark discs of 7 µm, at 1 µm/px, drawn three times finer and averaged down."""
    rng = np.random.default_rng(3)
    side = 512 * 3
    blue = np.zeros((side, side))
    y, x = np.indices((27, 27)) - 13
    disc = y**2 + x**2 <= 10.5**2
    for top, left in rng.integers(0, side - 27, (900, 2)):
        blue[top : top + 27, left : left + 27][disc] = 0.5
    density = blue[..., None] * [0.651, 0.701, 0.290] + 0.25 * np.array([0.216, 0.801, 0.558])
    ideal = 243 * 10.0**-density
    return ideal.reshape(512, 3, 512, 3, 3).mean(axis=(1, 3))


def camera(ideal, sigma_um):
    """Blur by ``sigma_um`` (1 µm/px) and add the camera's noise."""
    rng = np.random.default_rng(4)
    seen = ndi.gaussian_filter(ideal, (sigma_um, sigma_um, 0)) + rng.normal(0, 1, ideal.shape)
    return seen.round().clip(0, 255).astype(np.uint8)


def measured(pixels):
    return measure_field(pixels, Size(*pixels.shape[:2]).box(), WHITE)


def sharpness(ideal, sigma_um):
    return measured(camera(ideal, sigma_um)[:128, :128]).sharpness


def test_sharpness_falls_with_every_micrometre_of_blur(nuclei):
    series = [sharpness(nuclei, sigma) for sigma in (0.3, 1.0, 2.0, 3.0)]
    assert series == sorted(series, reverse=True)
    assert series[0] > 1.5 * FocusSettings().min_sharpness
    assert series[2] < FocusSettings().min_sharpness


def test_sharpness_does_not_depend_on_contrast(nuclei):
    pale = 243 * (nuclei / 243) ** 0.5  # halves every optical density
    assert sharpness(pale, 0.3) == pytest.approx(sharpness(nuclei, 0.3), rel=0.15)


def test_red_spread_tells_two_dyes_from_one(nuclei):
    pink = 243 * 10.0 ** -(np.log10(243 / nuclei[..., 1:2]) * np.array([0.27, 1.0, 0.70]))
    assert measured(camera(nuclei, 0.3)).red_spread > 0.1
    assert measured(camera(pink, 0.3)).red_spread < 0.05


@pytest.fixture
def ask(array_slide):
    """Judge a 512 µm slide full of tissue whose columns right of ``sharp_px`` are blurred."""

    def judge(ideal, sharp_px):
        pixels = camera(ideal, 0.3)
        pixels[:, sharp_px:] = camera(ideal, 3.0)[:, sharp_px:]
        slide = array_slide(pixels, mpp=1.0)
        tissue = TissueMask(np.ones((64, 64), bool), Frame(8.0, 8.0), Mpp.square(1.0))
        fields = sample_fields(slide, tissue, WHITE, FocusSettings())
        return check_focus(fields, tissue), fields

    return judge


def test_a_sharp_slide_has_no_remark(ask, nuclei):
    flag, fields = ask(nuclei, 512)
    assert flag is None
    assert len(fields) == 16
    assert typical_red_spread(fields, FocusSettings()) > 0.1


def test_a_quarter_out_of_focus_is_a_warning_with_its_area(ask, nuclei):
    flag, _ = ask(nuclei, 384)
    assert flag.code is Code.BLUR
    assert flag.severity == "warning"
    assert flag.area_um2 == pytest.approx(0.25 * 512**2)
    assert flag.mask[:, 48:].all()
    assert not flag.mask[:, :48].any()


def test_half_out_of_focus_is_an_error(ask, nuclei):
    flag, _ = ask(nuclei, 256)
    assert flag.severity == "error"
    assert "50%" in flag.message


def test_flat_fields_are_not_judged(ask, nuclei):
    flag, fields = ask(np.full_like(nuclei, 200.0), 0)
    assert len(fields) == 16
    assert flag is None


def test_slides_coarser_than_the_fields_are_not_sampled(array_slide):
    slide = array_slide(np.full((300, 300, 3), 200, np.uint8), mpp=2.0)
    tissue = TissueMask(np.ones((75, 75), bool), Frame(4.0, 4.0), Mpp.square(2.0))
    assert sample_fields(slide, tissue, WHITE, FocusSettings()) == []


def test_large_tissue_is_sampled_by_few_fields(array_slide):
    slide = array_slide(np.full((4096, 4096, 3), 200, np.uint8), mpp=1.0)
    tissue = TissueMask(np.ones((512, 512), bool), Frame(8.0, 8.0), Mpp.square(1.0))
    fields = sample_fields(slide, tissue, WHITE, FocusSettings(max_fields=64))
    # 1024 fields side by side, every fourth along both axes.
    assert len(fields) == 64
    assert {field.box.top % 512 for field in fields} == {192}


def test_a_field_that_cannot_be_decoded_is_left_out(array_slide, monkeypatch):
    slide = array_slide(np.full((512, 512, 3), 200, np.uint8), mpp=1.0)
    intact = slide.read

    def damaged(box, mpp):
        if box.top == 0 and box.left == 0:
            raise TileUnreadable("painted.tiff: this tile is damaged.")
        return intact(box, mpp)

    monkeypatch.setattr(slide, "read", damaged)
    tissue = TissueMask(np.ones((64, 64), bool), Frame(8.0, 8.0), Mpp.square(1.0))
    assert len(sample_fields(slide, tissue, WHITE, FocusSettings())) == 15
