from __future__ import annotations

from pathlib import Path

from pathoflow.bench.painted import painted_slide
from pathoflow.slide import open_slide
from pathoflow.space import Size


def test_a_slide_that_is_named_is_used_and_left_alone(tmp_path: Path) -> None:
    named = tmp_path / "mine.tiff"
    named.write_bytes(b"x")
    with painted_slide(named, side_px=64) as path:
        assert path == named
    assert named.exists()


def test_without_one_a_slide_is_painted_and_removed() -> None:
    with painted_slide(None, side_px=256) as path, open_slide(path) as slide:
        assert slide.size == Size(256, 256)
        assert slide.info.is_synthetic
    assert not path.exists()
