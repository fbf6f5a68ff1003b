"""What napari offers under File > Open Sample: a painted slide, and a painted case ready for review."""

from __future__ import annotations

from pathlib import Path

from napari_pathoflow.layers import LayerData
from napari_pathoflow.painted_case import PaintedCase, paint_case
from napari_pathoflow.reader import read_result, read_slide
from pathoflow.store import ResultFolder


def painted_slide() -> list[LayerData]:
    """A painted block of liver with its tumour."""
    return read_slide(str(_case_folder() / "LIV-01_B1.toml"))


def finished_case() -> list[LayerData]:
    """The same block with its maps and outlines; its folder can be opened as a worklist."""
    return read_result(str(_case_folder() / "LIV-01_B1"))


def _case_folder() -> Path:
    """A folder of the user's cache with a painted case in it, made once."""
    import platformdirs

    folder = Path(platformdirs.user_cache_dir("pathoflow")) / "sample-case-1"
    if not ResultFolder(folder / "LIV-01_B4").result_json.exists():
        paint_case(folder, PaintedCase())
    return folder
