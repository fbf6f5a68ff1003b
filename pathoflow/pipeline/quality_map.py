"""The quality remarks that have a place, as one label image of `analysis.zarr`."""

from __future__ import annotations

import numpy as np

from pathoflow.errors import Code
from pathoflow.pipeline.compose import Analysis
from pathoflow.pipeline.stages import Bench, create_labels
from pathoflow.store import Label
from pathoflow.tiles import Lattice

#: Value and colour (red, green, blue, opacity) of each reason on the quality map; where two meet, the later one is drawn.
QUALITY_VALUES: dict[Code, tuple[int, tuple[int, int, int, int]]] = {
    Code.BLUR: (1, (86, 180, 233, 255)),
    Code.FOLD: (2, (204, 121, 167, 255)),
    Code.ARTEFACT: (3, (240, 228, 66, 255)),
    Code.PEN: (4, (0, 158, 115, 255)),
    Code.TILE_UNREADABLE: (5, (0, 0, 0, 255)),
}


def keep_quality(analysis: Analysis, bench: Bench) -> None:
    """Where the quality remarks lie, as label map on the grid of the tissue: one value per code."""
    quality, slide, settings = analysis.quality, analysis.slide, bench.settings
    assert quality is not None
    labels = create_labels("quality", quality.tissue.frame, slide, bench)
    values = np.zeros(quality.tissue.pixels.shape, np.uint8)
    placed = {f.code: f.mask for f in quality.flags if f.mask is not None and f.mask.any()}
    shown = [(code, *look) for code, look in QUALITY_VALUES.items() if code in placed]
    for code, value, _ in shown:
        values[placed[code]] = value
    for block in Lattice(labels.size, settings.inference.block_px):
        part = values[block.box.slices]
        if part.any():
            labels.write(block.box, part.astype(np.uint32))
    labels.build_levels()
    labels.describe_labels(
        [Label(value, colour, {"class": str(code)}) for code, value, colour in shown]
    )
