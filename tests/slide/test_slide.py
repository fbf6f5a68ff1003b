from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pathoflow.errors import Code, MppUnknown, UsageError
from pathoflow.slide import Slide, open_slide, read_region
from pathoflow.slide.tiff import open_with_tifffile
from pathoflow.space import Box, Frame, Mpp, Size
from pathoflow.testing import ArrayReader

Write = Callable[..., Path]
READERS = {"tiff": open_with_tifffile}
NOISE = np.random.default_rng(5).integers(0, 256, (120, 200, 3), dtype=np.uint8)


@pytest.fixture
def slide() -> Slide:
    return Slide(ArrayReader(NOISE, Mpp.square(0.25), factors=(2, 4), path=Path("x/case 1.svs")))


def test_a_slide_is_named_after_its_file(slide: Slide) -> None:
    assert slide.id == "case 1"
    assert slide.size == Size(120, 200)


def test_reading_without_a_scale_reads_level_0(slide: Slide) -> None:
    assert np.array_equal(slide.read(Box(3, 4, 10, 20)), NOISE[3:13, 4:24])


def test_reading_at_a_scale_reads_the_grid_of_that_scale(slide: Slide) -> None:
    box = Box(1, 2, 9, 8)
    found = slide.read(box, mpp=0.9)
    assert np.array_equal(found, read_region(slide.reader, box, Frame(3.6, 3.6)))


def test_reading_a_level_reads_it_as_stored(slide: Slide) -> None:
    box = Box(1, 2, 9, 8)
    assert np.array_equal(slide.read(box, level=2), slide.reader.read(2, box))
    assert np.array_equal(slide.read_level(1, box), slide.reader.read(1, box))


def test_senseless_reads_are_refused(slide: Slide) -> None:
    with pytest.raises(UsageError, match="not both"):
        slide.read(Box(0, 0, 1, 1), mpp=1.0, level=1)
    with pytest.raises(UsageError, match="no level 3; levels go from 0 to 2"):
        slide.read(Box(0, 0, 1, 1), level=3)
    with pytest.raises(UsageError, match="no level -1"):
        slide.read_level(-1, Box(0, 0, 1, 1))
    with pytest.raises(UsageError, match="positive"):
        slide.read(Box(0, 0, 1, 1), mpp=0.0)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, Code.MPP_MISSING),
        (Mpp.square(28.9), Code.MPP_SUSPECT),
        (Mpp(0.5, 0.25), Code.MPP_SUSPECT),
    ],
)
def test_an_absent_or_absurd_scale_is_refused_with_its_code_and_the_remedy(
    header: Mpp | None, code: Code
) -> None:
    slide = Slide(ArrayReader(NOISE, header))
    with pytest.raises(MppUnknown, match=r"array.tiff: .* --mpp") as error:
        slide.read(Box(0, 0, 4, 4), mpp=1.0)
    assert error.value.code is code
    assert slide.read(Box(0, 0, 4, 4)).shape == (4, 4, 3)


def test_what_a_person_states_is_believed() -> None:
    slide = Slide(ArrayReader(NOISE, Mpp.square(28.9)), mpp=Mpp.square(4.0))
    assert slide.mpp == Mpp.square(4.0)
    assert (slide.info.mpp, slide.info.mpp_source) == (Mpp.square(4.0), "user")


def test_the_dask_view_is_the_level(slide: Slide) -> None:
    view = slide.to_dask(1)
    assert view.shape == (60, 100, 3)
    assert view.dtype == np.uint8
    assert np.array_equal(view[5:50, 7:90].compute(scheduler="sync"), NOISE_HALF[5:50, 7:90])
    assert np.array_equal(view[::3, ::2, 1].compute(scheduler="sync"), NOISE_HALF[::3, ::2, 1])


NOISE_HALF = ArrayReader(NOISE, factors=(2,)).read(1, Box(0, 0, 60, 100))


def test_the_dask_view_reads_nothing_before_it_is_computed() -> None:
    class Counting(ArrayReader):
        reads = 0

        def read(self, level: int, box: Box) -> NDArray[np.uint8]:
            self.reads += 1
            return super().read(level, box)

    reader = Counting(np.zeros((4100, 2100, 3), np.uint8))
    view = Slide(reader).to_dask()
    assert view.chunks == ((2048, 2048, 4), (2048, 52), (3,))
    assert reader.reads == 0
    view[:10, :10].compute(scheduler="sync")
    assert reader.reads == 1


def test_a_thumbnail_shows_the_whole_slide(slide: Slide) -> None:
    small = slide.thumbnail(50)
    assert small.shape == (30, 50, 3)
    # 200 / 50 is the factor of level 2.
    assert np.array_equal(small, slide.read_level(2, Box(0, 0, 30, 50)))


def test_a_thumbnail_is_never_larger_than_the_slide(slide: Slide) -> None:
    assert slide.thumbnail(9999).shape == (120, 200, 3)
    with pytest.raises(UsageError, match="at least 1 pixel"):
        slide.thumbnail(0)


def test_the_hash_is_that_of_the_file(write_tiff: Write, picture: NDArray[np.uint8]) -> None:
    path = write_tiff(picture)
    slide = open_slide(path, readers=READERS)
    assert slide.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_slide_travels_to_another_process_as_its_path(
    write_tiff: Write, picture: NDArray[np.uint8]
) -> None:
    slide = open_slide(write_tiff(picture), mpp=0.3, readers=READERS)
    parcel = pickle.dumps(slide)
    assert len(parcel) < 1000
    arrived = pickle.loads(parcel)
    assert arrived.mpp == Mpp.square(0.3)
    assert np.array_equal(arrived.read(Box(9, 9, 30, 30)), slide.read(Box(9, 9, 30, 30)))


def test_a_slide_around_a_bare_reader_travels_with_it(slide: Slide) -> None:
    arrived = pickle.loads(pickle.dumps(slide))
    assert np.array_equal(arrived.read(Box(9, 9, 30, 30)), slide.read(Box(9, 9, 30, 30)))


def test_reopening_gives_a_slide_of_its_own(
    write_tiff: Write, picture: NDArray[np.uint8], slide: Slide
) -> None:
    with open_slide(write_tiff(picture), readers=READERS) as first:
        second = first.reopen()
    assert np.array_equal(second.read(Box(0, 0, 5, 5)), picture[:5, :5])
    with pytest.raises(UsageError, match="closed"):
        first.read(Box(0, 0, 5, 5))
    with pytest.raises(UsageError, match="cannot be opened again"):
        slide.reopen()


def test_it_introduces_itself(slide: Slide) -> None:
    assert repr(slide) == "Slide('case 1.svs', 120 x 200 px, 3 levels, reader='array')"
