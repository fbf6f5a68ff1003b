from types import SimpleNamespace

import numpy as np
import pytest

from pathoflow.cells import MapSettings, NucleusClass, find_nuclei, nuclei_from_maps
from pathoflow.cells.network import class_maps
from pathoflow.errors import UsageError

CLASSES = ("tumour_cell", "leucocyte", "red_cell")
MPP = 0.5


def discs(places_px, shape=(80, 90), radius_um=1.75):
    """Share of every pixel that discs round ``places_px`` cover; pixel centres at whole numbers."""
    fine = 5
    y, x = ((np.arange(side * fine) + 0.5) / fine - 0.5 for side in shape)
    found = np.zeros((shape[0] * fine, shape[1] * fine), bool)
    for place in places_px:
        found |= np.hypot(y[:, None] - place[0], x[None, :] - place[1]) <= radius_um / MPP
    blocks = found.reshape(shape[0], fine, shape[1], fine)
    return blocks.mean(axis=(1, 3))


def maps_of(*layers):
    return np.stack(layers)


def sorted_places(found):
    return found.centres_px[np.lexsort(found.centres_px.T[::-1])]


@pytest.mark.parametrize("as_bytes", [False, True])
def test_discs_are_found_between_pixels_with_their_class(as_bytes):
    tumour, leucocyte = [(20.3, 30.7), (50.0, 60.5)], [(60.25, 20.0)]
    maps = maps_of(discs(tumour), discs(leucocyte), discs([]))
    if as_bytes:
        maps = np.rint(maps * 255).astype(np.uint8)
    found = nuclei_from_maps(maps, CLASSES, MPP)
    assert np.abs(sorted_places(found) - [(20.3, 30.7), (50.0, 60.5), (60.25, 20.0)]).max() < 0.25
    assert found.count()[NucleusClass.TUMOUR] == 2
    assert found.count()[NucleusClass.LEUCOCYTE] == 1
    assert found.probability.sum(axis=1) == pytest.approx(np.ones(3))


def test_the_probability_of_a_class_is_its_share_of_the_sum_within_the_disc():
    disc = discs([(40, 40)])
    found = nuclei_from_maps(maps_of(0.6 * disc, 0.2 * disc, 0.1 * disc), CLASSES, MPP)
    assert found.tumour_score == pytest.approx([0.6 / 0.9])
    assert found.of(NucleusClass.LEUCOCYTE) == pytest.approx([0.2 / 0.9])
    assert found.of(NucleusClass.RED_CELL) == pytest.approx([0.1 / 0.9])
    assert found.of(NucleusClass.HEPATOCYTE) == [0]


@pytest.mark.parametrize(("apart_um", "number"), [(2.0, 1), (4.5, 2), (6.0, 2)])
def test_nuclei_stay_apart_at_their_least_distance(apart_um, number):
    maps = maps_of(discs([(40, 40), (40, 40 + apart_um / MPP)]), discs([]), discs([]))
    assert len(nuclei_from_maps(maps, CLASSES, MPP)) == number


def test_places_too_faint_are_no_nuclei():
    disc = discs([(40, 40)])
    none = discs([])
    # The middle of a disc of r = 1.75 smoothed with s = 0.75 keeps 1 - exp(-r² / 2 s²) = 0.93 of its height.
    settings = MapSettings(min_height=0.5)
    faint = nuclei_from_maps(maps_of(0.52 * disc, none, none), CLASSES, MPP, settings)
    clear = nuclei_from_maps(maps_of(0.56 * disc, none, none), CLASSES, MPP, settings)
    assert (len(faint), len(clear)) == (0, 1)


def test_nuclei_at_the_crops_edge_are_found():
    found = nuclei_from_maps(maps_of(discs([(0, 0), (79, 89)]), discs([]), discs([])), CLASSES, MPP)
    assert np.abs(sorted_places(found) - [(0, 0), (79, 89)]).max() <= 0.5


def test_empty_maps_have_no_nuclei():
    found = nuclei_from_maps(np.zeros((3, 40, 40), np.uint8), CLASSES, MPP)
    assert found.centres_px.shape == (0, 2)
    assert set(found.count().values()) == {0}


def test_a_class_that_is_no_nucleus_is_refused():
    with pytest.raises(UsageError, match="vessel is no nucleus"):
        nuclei_from_maps(np.zeros((1, 9, 9)), ("vessel",), MPP)


class Fake:
    """A network whose maps are the pixels' channels, spoilt beyond its halo as true ones are."""

    def __init__(self, halo=20, mpp=MPP):
        self.card = SimpleNamespace(name="fake", classes=CLASSES, mpp=mpp, halo_px=halo)
        self.asked = []

    def predict(self, pixels):
        self.asked.append(pixels.shape)
        assert pixels.shape[1] % 32 == pixels.shape[2] % 32 == 0
        maps = np.moveaxis(pixels, -1, 1).copy()
        halo = self.card.halo_px
        maps[:, :, :halo] = maps[:, :, -halo:] = maps[..., :halo] = maps[..., -halo:] = 255
        return maps


@pytest.mark.parametrize("shape", [(70, 90), (200, 130), (333, 64)])
def test_maps_of_tiles_are_those_of_the_whole(shape):
    rgb = np.random.default_rng(0).integers(0, 255, (*shape, 3), np.uint8)
    network = Fake()
    maps = class_maps(network, rgb, np.ones(shape, bool), tile_px=64)
    assert np.array_equal(maps, np.moveaxis(rgb, -1, 0))
    assert len(network.asked) == -(-shape[0] // 64) * -(-shape[1] // 64)


def test_tiles_without_lumen_are_not_shown():
    rgb = np.full((128, 128, 3), 200, np.uint8)
    wanted = np.zeros((128, 128), bool)
    wanted[100, 10] = True
    network = Fake()
    maps = class_maps(network, rgb, wanted, tile_px=64)
    assert len(network.asked) == 1
    assert (maps[:, 64:, :64] == 200).all()
    assert not maps[:, :64].any()
    assert class_maps(Fake(), rgb, ~np.ones((128, 128), bool)).max() == 0


def test_a_finer_crop_gives_centres_in_its_own_pixels():
    rgb = np.zeros((160, 180, 3), np.uint8)
    coarse = np.rint(255 * discs([(20, 30), (50, 60)])).astype(np.uint8)
    rgb[..., 0] = np.repeat(np.repeat(coarse, 2, 0), 2, 1)
    found = find_nuclei(Fake(), rgb, MPP / 2, np.ones(rgb.shape[:2], bool))
    # Pixel k of the coarse crop covers 2 k and 2 k + 1: its middle is 2 k + 0.5.
    assert np.abs(sorted_places(found) - [(40.5, 60.5), (100.5, 120.5)]).max() < 0.5
    assert found.method == "network:fake"


def test_a_crop_too_coarse_is_refused():
    with pytest.raises(UsageError, match=r"at 0\.5 µm/px and cannot at 1"):
        find_nuclei(Fake(), np.zeros((9, 9, 3), np.uint8), 1.0, np.ones((9, 9), bool))
