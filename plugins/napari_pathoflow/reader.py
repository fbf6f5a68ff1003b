"""What napari opens by drag and drop: slides, results of slides, `analysis.zarr`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from napari_pathoflow.layers import LayerData, line_layer, result_layers, slide_layer
from napari_pathoflow.slides import Slides
from napari_pathoflow.styles import LineStyle
from napari_pathoflow.vessel_rows import candidate_of
from napari_pathoflow.viewport import drawn
from pathoflow.phantom import is_recipe
from pathoflow.slide import open_slide
from pathoflow.slide.suffixes import SLIDE_SUFFIXES
from pathoflow.store import ResultFolder, load_result

Reader = Callable[[str], list[LayerData]]


def get_reader(path: str | Sequence[str]) -> Reader | None:
    """The reader of a path; None where it is none of ours, or several at once."""
    if not isinstance(path, str):
        return None
    there = Path(path)
    if there.name == "analysis.zarr":
        return read_analysis
    if ResultFolder(there).result_json.exists() or there.name == "result.json":
        return read_result
    if there.suffix.lower() in SLIDE_SUFFIXES or (there.suffix == ".toml" and is_recipe(there)):
        return read_slide
    return None


def read_slide(path: str) -> list[LayerData]:
    """A slide as a multiscale image that is read in tiles."""
    return [slide_layer(open_slide(Path(path)))]


def read_analysis(path: str) -> list[LayerData]:
    """Heat maps and labels of an `analysis.zarr`."""
    return result_layers(Path(path))


def read_result(path: str) -> list[LayerData]:
    """The slide of a result where it lies near, the result's maps, and the outlines of its vessels."""
    there = Path(path)
    folder = ResultFolder(there.parent if there.name == "result.json" else there)
    result = load_result(folder)
    near = (folder.path.parent, folder.path.parent.parent)
    slides = Slides({result.slide_id: result}, near)
    slide = slides.get_slide(result.slide_id)
    found = [] if slide is None else [slide_layer(slide)]
    found += result_layers(folder.analysis)
    vessels = [candidate_of(row, result.slide_id) for row in result.vessels]
    lines = drawn(vessels, result.slide_mpp)
    return [*found, line_layer("vessel outlines", "vessel outlines", lines, LineStyle())]
