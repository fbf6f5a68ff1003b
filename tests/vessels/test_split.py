"""Touching vessels in a label map of 2 µm per pixel, stored in shards that cut them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from pathoflow.phantom import Artefacts, PhantomSpec, Truth, plan_slide
from pathoflow.space import Box, Frame, Mpp
from pathoflow.store import Pyramid
from pathoflow.vessels import (
    LabelSettings,
    SplitSettings,
    Traced,
    VesselObject,
    label_vessels,
    split_touching,
    trace_vessels,
)
from pathoflow.vessels.measure import elongation
from pathoflow.vessels.split import Labelled

Make = Callable[..., Pyramid]
FRAME, SLIDE = Frame(4.0, 4.0), Mpp.square(0.5)
ROWS, COLUMNS = np.mgrid[:200, :240] + 0.5
#: A pair that shares a wall, and a third vessel by itself after it in raster order.
FIRST, SECOND, THIRD = (
    np.hypot(ROWS - y, COLUMNS - x) <= r for y, x, r in ((70, 70, 30), (80, 125, 28), (160, 60, 20))
)
LUMINA = (
    np.hypot(ROWS - 70, COLUMNS - 70) <= 26,
    np.hypot(ROWS - 80, COLUMNS - 125) <= 24,
    np.hypot(ROWS - 160, COLUMNS - 60) <= 16,
)


def plane(*masks: np.ndarray, value: int = 255) -> np.ndarray:
    return np.where(np.any(masks, axis=0), value, 0).astype(np.uint8)


def found(
    pyramid: Make, vessels: np.ndarray, lumen: np.ndarray | None, block: int = 64
) -> tuple[Labelled, list[VesselObject]]:
    probability = pyramid(vessels)
    labels = pyramid(np.zeros(vessels.shape, np.uint32), shard=block)
    objects = label_vessels(probability, labels, LabelSettings(block_px=block))
    source = None if lumen is None else SimpleNamespace(pyramid=pyramid(lumen), frame=FRAME)
    return Labelled(probability, labels, FRAME, SLIDE, 0.5, source), objects


def whole(labelled: Labelled) -> np.ndarray:
    return labelled.labels.read(labelled.labels.size.box())


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize("with_lumen", [True, False])
def test_touching_vessels_become_objects_of_their_own(pyramid: Make, with_lumen: bool) -> None:
    lumen = plane(*LUMINA) if with_lumen else None
    labelled, objects = found(pyramid, plane(FIRST, SECOND, THIRD), lumen)
    assert [one.label for one in objects] == [1, 2]
    split = split_touching(labelled, objects, SplitSettings())
    assert [one.label for one in split] == [1, 2, 3]
    labels = whole(labelled)
    # The first part and the third vessel keep their numbers; the second part is numbered on.
    for number, mask in ((1, FIRST), (2, THIRD), (3, SECOND & ~FIRST)):
        assert overlap(labels == number, mask) >= 0.9
    assert ((labels > 0) == (FIRST | SECOND | THIRD)).all()
    for one in split:
        rows, columns = np.nonzero(labels == one.label)
        assert one.box == Box.spanning(rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
        assert one.first_px == (rows[0], columns[0])


def test_shards_and_blocks_make_no_difference(pyramid: Make) -> None:
    pictures, lists = [], []
    for block in (32, 48, 256):
        labelled, objects = found(pyramid, plane(FIRST, SECOND, THIRD), plane(*LUMINA), block)
        lists.append(split_touching(labelled, objects, SplitSettings()))
        pictures.append(whole(labelled))
    assert (pictures[0] == pictures[1]).all()
    assert (pictures[0] == pictures[2]).all()
    assert lists[0] == lists[1] == lists[2]


def test_parts_have_uuids_of_their_own_and_the_first_keeps_that_of_the_object(
    pyramid: Make,
) -> None:
    def ids(labelled: Labelled, objects: list[VesselObject]) -> list[str]:
        source = Traced(
            labelled.labels, FRAME, SLIDE, "ab" * 32, lambda box: np.ones(box.size.shape, bool)
        )
        return [vessel.id for vessel in trace_vessels(source, objects)]

    labelled, objects = found(pyramid, plane(FIRST, SECOND, THIRD), plane(*LUMINA))
    before = ids(labelled, objects)
    after = ids(labelled, split_touching(labelled, objects, SplitSettings()))
    assert after[:2] == before
    assert len(set(after)) == 3
    again, objects = found(pyramid, plane(FIRST, SECOND, THIRD), plane(*LUMINA), 48)
    assert ids(again, split_touching(again, objects, SplitSettings())) == after


def test_every_part_has_the_mean_probability_of_its_own_pixels(pyramid: Make) -> None:
    vessels = np.maximum(plane(FIRST, value=240), plane(SECOND & ~FIRST, value=160))
    labelled, objects = found(pyramid, vessels, plane(*LUMINA))
    split = split_touching(labelled, objects, SplitSettings())
    labels = whole(labelled)
    for one in split:
        assert one.mean_probability == pytest.approx(vessels[labels == one.label].mean() / 255)
    assert split[0].mean_probability > 0.9 > 0.7 > split[1].mean_probability


def test_a_large_object_is_parted_on_a_coarser_grid(pyramid: Make) -> None:
    labelled, objects = found(pyramid, plane(FIRST, SECOND, THIRD), plane(*LUMINA))
    split = split_touching(labelled, objects, SplitSettings(max_window_px=2000))
    assert len(split) == 3
    labels = whole(labelled)
    assert overlap(labels == 1, FIRST) >= 0.9
    assert overlap(labels == 3, SECOND & ~FIRST) >= 0.9
    assert ((labels > 0) == (FIRST | SECOND | THIRD)).all()


def test_where_nothing_touches_nothing_is_written(pyramid: Make) -> None:
    labelled, objects = found(pyramid, plane(FIRST, THIRD), plane(LUMINA[0], LUMINA[2]))
    before = whole(labelled)
    assert split_touching(labelled, objects, SplitSettings()) == objects
    assert (whole(labelled) == before).all()
    assert split_touching(labelled, [], SplitSettings()) == []


def test_two_parts_of_one_lumen_round_a_plug_are_one_vessel(pyramid: Make) -> None:
    vein = np.hypot(ROWS - 100, COLUMNS - 120) <= 50
    plug = np.abs(COLUMNS - 120) < 16
    lumen = (np.hypot(ROWS - 100, COLUMNS - 120) <= 46) & ~plug
    labelled, objects = found(pyramid, plane(vein), plane(lumen))
    assert split_touching(labelled, objects, SplitSettings()) == objects


def test_painted_vessels_pushed_together_come_apart_again(pyramid: Make) -> None:
    spec = PhantomSpec(
        seed=4,
        size_px=(6000, 6000),
        mpp=0.5,
        family="train",
        vessels=60,
        artefacts=Artefacts.none(),
    )
    truth = Truth(plan_slide(spec))
    box = Box(0, 0, 1500, 1500)
    labels, lumen = truth.vessel_labels(box, FRAME), truth.lumen_labels(box, FRAME)
    # Open veins from 60 to 300 µm whose wall is at least a pixel thick, by their order on the slide.
    veins = [
        one for one in truth.each_vessel()
        if one.role in ("portal", "sublobular") and 60 < one.diameter_um < 300
        and not one.is_truncated and elongation(truth.wall(one)) < 1.8
    ][:6]  # fmt: skip
    assert len(veins) == 6
    for one, other in zip(veins[::2], veins[1::2], strict=True):
        first, second = (np.argwhere(labels == v.index + 1) for v in (one, other))
        size = 330
        masks, rooms = np.zeros((2, size, size), bool), np.zeros((size, size), bool)
        first_at = first - first.mean(0).astype(int) + (160, 100)
        masks[0][tuple(first_at.T)] = True
        # Moved left until their walls share pixels.
        for shift in range(160, 0, -1):
            at = second - second.mean(0).astype(int) + (160, 100 + shift)
            masks[1] = False
            masks[1][tuple(at.T)] = True
            if (masks[0] & masks[1]).sum() >= 3:
                break
        for places, moved in ((first, first_at), (second, at)):
            rooms[tuple(moved.T)] |= lumen[tuple(places.T)] > 0
        labelled, objects = found(pyramid, plane(*masks), plane(rooms))
        assert len(objects) == 1
        split = split_touching(labelled, objects, SplitSettings())
        assert len(split) == 2
        both = whole(labelled)
        for mask in masks:
            assert max(overlap(both == number, mask) for number in (1, 2)) >= 0.9
