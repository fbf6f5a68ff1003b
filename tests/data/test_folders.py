from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pathoflow.data import Crops, FolderSource, labelled_crops, split_by_group, unlabelled_crops
from pathoflow.errors import UsageError

SIDE = 32
CROPS = Crops(SIDE)


def picture(seed: int, height: int = 50, width: int = 70) -> np.ndarray:
    """Green where the mask is true, red elsewhere; blue is the seed."""
    pixels = np.zeros((height, width, 3), np.uint8)
    truth = mask(seed, height, width)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = 200 * ~truth, 200 * truth, seed
    return pixels


def mask(seed: int, height: int = 50, width: int = 70) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.asarray((y - 20 - seed) ** 2 + (x - 30) ** 2 < 15**2)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three pictures of two patients with masks beside them, as CHASE_DB1 names them."""
    folder = tmp_path / "eyes"
    folder.mkdir()
    for seed, name in enumerate(("Image_01L", "Image_01R", "Image_02L")):
        Image.fromarray(picture(seed)).save(folder / f"{name}.png")
        Image.fromarray(mask(seed)).save(folder / f"{name}_1stHO.png")
    (folder / "SOURCE.txt").write_text("about")
    return tmp_path


def eyes(**changed: Any) -> FolderSource:
    fields: dict[str, Any] = {
        "images": "eyes",
        "image": "{name}.png",
        "mask": "{name}_1stHO.png",
        "group": r"Image_(\d+)[LR]",
    }
    return FolderSource(**{**fields, **changed})


def test_pictures_are_covered_and_masks_lie_on_what_they_mark(root: Path) -> None:
    found = labelled_crops(eyes(), CROPS, "vessel", root)
    assert len(found) == 3 * 2 * 3, "50 x 70 px are covered by 2 x 3 squares of 32"
    assert found.groups == ("01",) * 12 + ("02",) * 6
    assert math.isnan(found.mpp)
    assert found.known.all()
    assert np.array_equal(found.masks[:, 0], found.pixels[..., 1] == 200)
    assert np.array_equal(found.pixels[..., 2].reshape(18, -1).max(axis=1), np.repeat([0, 1, 2], 6))
    # The first and the last square of the last picture are its corners.
    whole = picture(2)
    assert np.array_equal(found.pixels[12], whole[:32, :32])
    assert np.array_equal(found.pixels[17], whole[-32:, -32:])


def test_masks_may_lie_in_a_folder_of_their_own_under_the_same_name(tmp_path: Path) -> None:
    for folder in ("pictures", "truth"):
        (tmp_path / folder).mkdir()
    Image.fromarray(picture(3)).save(tmp_path / "pictures" / "a.png")
    Image.fromarray(mask(3).astype(np.uint8)).save(tmp_path / "truth" / "a.png")
    source = FolderSource("pictures", "truth", image="{name}.png", mask="{name}.png")
    found = labelled_crops(source, CROPS, "gland", tmp_path)
    assert found.groups == ("a",) * 6
    assert np.array_equal(found.masks[:, 0], found.pixels[..., 1] == 200)


def test_random_crops_are_of_the_picture_and_depend_on_its_name_and_the_seed(root: Path) -> None:
    source = eyes(crops_per_picture=4)
    found = labelled_crops(source, Crops(SIDE, seed=1), "vessel", root)
    assert len(found) == 12
    assert np.array_equal(found.masks[:, 0], found.pixels[..., 1] == 200)
    alone = labelled_crops(
        eyes(crops_per_picture=4, take="Image_02"), Crops(SIDE, seed=1), "vessel", root
    )
    assert np.array_equal(alone.pixels, found.pixels[8:]), "other pictures change nothing"
    other = labelled_crops(source, Crops(SIDE, seed=2), "vessel", root)
    assert not np.array_equal(other.pixels, found.pixels)


def test_unlabelled_crops_are_the_same_without_masks(root: Path) -> None:
    labelled = labelled_crops(eyes(), CROPS, "vessel", root)
    for path in (root / "eyes").glob("*_1stHO.png"):
        path.write_bytes(b"nobody may read this")
    found = unlabelled_crops(eyes(), CROPS, root)
    assert np.array_equal(found.pixels, labelled.pixels)
    assert found.groups == labelled.groups


@pytest.mark.parametrize(
    ("mpp", "shrink", "wanted", "found_mpp"),
    [(0.5, 1.0, 1.0, 1.0), (0.5, 2.0, None, 1.0), (None, 2.0, None, math.nan)],
)
def test_pictures_are_averaged_to_the_scale_asked_for(
    root: Path, mpp: float | None, shrink: float, wanted: float | None, found_mpp: float
) -> None:
    source = eyes(mpp=mpp, shrink=shrink, take="Image_01L")
    found = labelled_crops(source, Crops(25, wanted), "vessel", root)
    assert found.mpp == found_mpp or (math.isnan(found.mpp) and math.isnan(found_mpp))
    assert len(found) == 2, "25 x 35 px"
    mean = picture(0)[:, :50].reshape(25, 2, 25, 2, 3).mean((1, 3))
    assert np.abs(found.pixels[0] - mean).max() <= 1
    share = mask(0)[:, :50].reshape(25, 2, 25, 2).mean((1, 3))
    assert np.array_equal(found.masks[0, 0], share >= 0.5)


def test_pictures_can_be_enlarged(root: Path) -> None:
    found = labelled_crops(eyes(mpp=1.0, take="Image_01L"), Crops(100, 0.5), "vessel", root)
    assert found.masks.shape == (2, 1, 100, 100)
    wide = mask(0)[:, :50].repeat(2, 0).repeat(2, 1)
    assert (found.masks[0, 0] ^ wide).mean() < 0.01


def test_a_small_picture_sits_in_white_that_is_not_known(root: Path) -> None:
    found = labelled_crops(eyes(take="Image_01L"), Crops(80), "vessel", root)
    assert len(found) == 1
    inside = np.zeros((80, 80), bool)
    inside[15:65, 5:75] = True
    assert np.array_equal(found.known[0], inside)
    assert (found.pixels[0][~inside] == 255).all()
    assert np.array_equal(found.masks[0, 0, 15:65, 5:75], mask(0))
    for crop in labelled_crops(eyes(crops_per_picture=3), Crops(60), "vessel", root).known:
        assert crop.sum() == 50 * 60, "higher than the picture, less wide"


def test_numbered_objects_count_where_they_are_said_to(root: Path) -> None:
    numbered = mask(0).astype(np.int32) * 300
    numbered[0, :3] = 7
    Image.fromarray(numbered).save(root / "eyes" / "Image_01L_inst.tif")
    source = eyes(mask="{name}_inst.tif", mask_values="nonzero", take="Image_01L$")
    found = labelled_crops(source, Crops(50), "nucleus", root)
    assert found.masks[0, 0].sum() == mask(0)[:, :50].sum() + 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"images": "nowhere"}, "nowhere is no folder"),
        ({"image": "{name}.tif"}, r'has no pictures "\{name\}.tif"'),
        ({"take": "test"}, 'with names that match "test"'),
        ({"group": "Eye_(.)"}, 'finds no patient in the name "Image_01L"'),
        ({"mask": "{name}_3rdHO.png"}, r"Image_01L.png has no mask .*Image_01L_3rdHO.png"),
    ],
)
def test_what_is_not_there_is_named(root: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        labelled_crops(eyes(**changed), CROPS, "vessel", root)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (np.zeros((50, 69), np.uint8), "has 50 x 70 px and its mask .* 50 x 69"),
        (np.arange(3500, dtype=np.uint8).reshape(50, 70), "no mask of 0 and 1.*mask_values"),
        (np.array([[0, 1, 255]], np.uint8), r"it holds \[0, 1, 255\]"),
    ],
)
def test_masks_that_are_none_are_refused(root: Path, wrong: np.ndarray, said: str) -> None:
    Image.fromarray(wrong).save(root / "eyes" / "Image_01R_1stHO.png")
    with pytest.raises(UsageError, match=said):
        labelled_crops(eyes(), CROPS, "vessel", root)


def test_damaged_pictures_and_missing_scales_are_refused(root: Path) -> None:
    with pytest.raises(UsageError, match="have no µm per pixel, but patches of 2 µm/px"):
        labelled_crops(eyes(), Crops(SIDE, 2.0), "vessel", root)
    (root / "eyes" / "Image_01L.png").write_bytes(b"no picture")
    with pytest.raises(UsageError, match=r"Image_01L.png cannot be read as a picture"):
        unlabelled_crops(eyes(), CROPS, root)


def test_all_wrong_keys_are_told_at_once() -> None:
    with pytest.raises(UsageError) as refused:
        FolderSource("x", image="a.jpg", take="(", group="abc", mpp=0.0, crops_per_picture=-1)
    for said in ('image = "a.jpg"', 'take = "("', 'group = "abc"', "positive", "is negative"):
        assert said in str(refused.value)


def real(folder: str) -> Path:
    """Folder of real pictures, or the reason why a test has none."""
    home = os.environ.get("PATHOFLOW_DATA")
    if home is None or not (Path(home) / folder).is_dir():
        pytest.skip(f"needs {folder} in the folder that PATHOFLOW_DATA names")
    return Path(home)


def test_glas_is_split_as_its_makers_did() -> None:
    home = real("research_only/glas")
    parts = {
        name: labelled_crops(
            FolderSource("research_only/glas", mpp=0.62, take=name, crops_per_picture=1),
            Crops(128, 1.24),
            "gland",
            home,
        )
        for name in ("train_", "testA_")
    }
    assert [len(part) for part in parts.values()] == [85, 60]
    assert len({group for part in parts.values() for group in part.groups}) == 145
    # Glands make up about half of these pictures.
    assert all(0.4 < part.masks.mean() < 0.6 for part in parts.values())


def test_both_eyes_of_a_child_stay_together() -> None:
    source = FolderSource(
        "retina_chasedb1", mask="{name}_1stHO.png", group=r"Image_(\d+)[LR]", crops_per_picture=1
    )
    found = labelled_crops(source, Crops(256), "vessel", real("retina_chasedb1"))
    assert found.groups == tuple(f"{number:02d}" for number in range(1, 11) for _ in "LR")
    parts = split_by_group(found.groups, {"train": 0.7, "test": 0.3}, seed=0)
    assert [len(indices) % 2 for indices in parts.values()] == [0, 0]
    # Vessels of the retina cover some 7 % of a picture.
    assert 0.03 < found.masks.mean() < 0.15
