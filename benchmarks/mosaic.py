"""A slide of 40,000 x 40,000 px for memory and time: the painted 20,000 px slide twice, on a diagonal, and glass.

    python benchmarks/mosaic.py test-20k.tiff mosaic-40k.tiff

About 30 % tissue, as sections have it. Painting one so large anew would take ten minutes and show no more.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from pathoflow.slide import Slide, open_slide
from pathoflow.space import Box, Size

TILE_PX = 512


def tiles(slide: Slide, level: int) -> Iterator[NDArray[np.uint8]]:
    """Tiles of one level of the mosaic, row by row; the slide stands top left and bottom right."""
    part = slide.info.levels[level].size
    whole = Size(2 * part.height, 2 * part.width).box()
    for top in range(0, whole.height, TILE_PX):
        for left in range(0, whole.width, TILE_PX):
            box = Box(top, left, TILE_PX, TILE_PX)
            # Reading outside the slide gives white, so the darker of both readings is the mosaic.
            first = slide.read_level(level, box)
            second = slide.read_level(level, box.shift(-part.height, -part.width))
            yield np.minimum(first, second)


def main() -> None:
    """Write the mosaic."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    with open_slide(source) as slide, tifffile.TiffWriter(target, bigtiff=True) as writer:
        mpp = slide.mpp.y
        for level in range(len(slide.info.levels)):
            size = slide.info.levels[level].size
            writer.write(
                tiles(slide, level),
                shape=(2 * size.height, 2 * size.width, 3),
                dtype=np.uint8,
                tile=(TILE_PX, TILE_PX),
                photometric="rgb",
                compression="jpeg",
                compressionargs={"level": 85},
                # What OpenSlide wants to see of an Aperio slide with a scale.
                description=f"Aperio pathoflow phantom mosaic\r\n|AppMag = 20|MPP = {mpp:g}"
                if level == 0
                else None,
                metadata=None,
            )


if __name__ == "__main__":
    main()
