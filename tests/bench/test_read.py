from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from pathoflow.bench.read import bench_read
from pathoflow.errors import UsageError
from pathoflow.phantom import PhantomSpec
from pathoflow.slide import Slide
from pathoflow.space import Box


@pytest.fixture
def svs(tmp_path: Path) -> Path:
    """An Aperio slide of 1100 x 1300 px in JPEG, noise in its lower right corner."""
    pixels = np.full((1100, 1300, 3), 230, np.uint8)
    pixels[520:, 600:] = np.random.default_rng(0).integers(0, 255, (580, 700, 3))
    path = tmp_path / "case.svs"
    tifffile.imwrite(
        path,
        pixels,
        tile=(256, 256),
        photometric="rgb",
        compression="jpeg",
        description="Aperio|MPP = 0.5",
        metadata=None,
    )
    return path


def test_every_way_is_measured_on_the_same_boxes(svs: Path) -> None:
    rows = bench_read(svs, rounds=1).plain()["rows"]
    jobs = [row["boxes"] for row in rows[::3]]
    assert jobs == [
        "512 x 512, aligned",
        "1024 x 1024, aligned",
        "512 x 512, anywhere",
        "640 x 640, side by side",
        "512 x 512, aligned, 2 threads",
    ]
    for job in jobs:
        speeds = {row["way"]: row["Mpx per CPU-second"] for row in rows if row["boxes"] == job}
        assert set(speeds) == {"decoding alone", "pathoflow", "OpenSlide"}
        for row in (row for row in rows if row["boxes"] == job):
            speed = row["Mpx per CPU-second"]
            assert row["times OpenSlide"] == pytest.approx(speed / speeds["OpenSlide"])
            assert row["times decoding alone"] == pytest.approx(speed / speeds["decoding alone"])


def test_boxes_lie_on_tiles_inside_the_slide_where_the_bytes_are(
    svs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Box] = []
    read = Slide.read_level

    def watched(self: Slide, level: int, box: Box) -> object:
        asked.append(box)
        return read(self, level, box)

    monkeypatch.setattr(Slide, "read_level", watched)
    monkeypatch.setattr("pathoflow.bench.read._PIXELS_PER_ROUND", 512 * 512)
    bench_read(svs, rounds=1)
    # Of four boxes of 512 px that fit, the lower right one holds the noise.
    assert asked[0] == Box(512, 512, 512, 512)
    assert Box(0, 0, 1024, 1024) in asked
    assert Box(448, 448, 640, 640) in asked
    anywhere = [b for b in asked if b.height == 512 and b != asked[0]]
    assert anywhere
    assert all(Box(0, 0, 1100, 1300).contains(box) for box in anywhere)
    assert all(box.left % 256 for box in anywhere)


def test_without_a_slide_one_is_painted_and_removed(
    svs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[Path] = []

    def paint(spec: PhantomSpec, path: Path) -> None:
        assert min(spec.size_px) >= 4096
        assert spec.file.format == "svs"
        path.write_bytes(svs.read_bytes())
        painted.append(path)

    monkeypatch.setattr("pathoflow.bench.painted.write_slide", paint)
    table = bench_read(None, rounds=1)
    assert table.notes["slide"] == painted[0].name
    assert table.notes["tiles"] == "256 x 256 px"
    assert not painted[0].exists()


def test_what_is_no_tiled_tiff_is_refused(tmp_path: Path) -> None:
    striped = tmp_path / "striped.tif"
    tifffile.imwrite(striped, np.zeros((64, 64, 3), np.uint8), photometric="rgb")
    with pytest.raises(UsageError, match=r"striped.tif is not tiled; name an SVS"):
        bench_read(striped, rounds=1)
    (tmp_path / "note.svs").write_text("nothing")
    with pytest.raises(UsageError, match=r"note.svs is no TIFF"):
        bench_read(tmp_path / "note.svs", rounds=1)


def test_a_slide_smaller_than_a_box_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.tif"
    tifffile.imwrite(path, np.zeros((300, 900, 3), np.uint8), tile=(64, 64), photometric="rgb")
    with pytest.raises(UsageError, match="300 x 900 px, which is less than a box of 512 x 512"):
        bench_read(path, rounds=1)
