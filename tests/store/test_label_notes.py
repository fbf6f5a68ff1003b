from __future__ import annotations

from pathlib import Path

from pathoflow.space import Mpp, Size
from pathoflow.store import Label, Pyramid, PyramidSpec, create_pyramid
from pathoflow.store.label_notes import label_ids, read_note, write_note


def labels(root: Path) -> Pyramid:
    spec = PyramidSpec("uint32", Mpp(2.0, 2.0), n_levels=2, chunk_px=16, shard_px=32)
    return create_pyramid(root / "analysis.zarr", "labels/vessels", Size(40, 40), spec)


def test_values_are_known_by_the_uuids_of_their_properties(tmp_path: Path) -> None:
    pyramid = labels(tmp_path)
    assert label_ids(pyramid) == {}
    pyramid.describe_labels(
        [Label(3, (1, 2, 3, 4), {"uuid": "c"}), Label(5, (1, 2, 3, 4), {"class": "Vessel"})]
    )
    assert label_ids(pyramid) == {"c": 3}


def test_a_note_stays_until_labels_are_described_again(tmp_path: Path) -> None:
    pyramid = labels(tmp_path)
    assert read_note(pyramid) is None
    write_note(pyramid, "abc")
    assert read_note(pyramid) == "abc"
    pyramid.describe_labels([])
    assert read_note(pyramid) is None
