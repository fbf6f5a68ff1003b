"""Paint the slides that every arm reads, with the list of tiles that every arm runs.

    python benchmarks/peers/slide.py --work DIR

``DIR/8k.svs`` is 8192 px square at 0.5 µm/px: one painted section with glass around it, JPEG tiles of 256 px, levels 1, 4
and 16, an Aperio header. ``DIR/16k.svs`` is the same slide four times. Beside each lies a JSON with the 512 px tiles that
hold tissue, row by row: finding tissue is no part of the comparison, so everybody gets the same list.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from pathoflow.phantom import PhantomSpec, Plan, paint, plan_slide
from pathoflow.space import Size

MPP = 0.5
#: Sides of the painted section and of the slide around it: some 45 % of the slide is tissue.
PAINTED_PX, SLIDE_PX = 6144, 8192
SEED = 7001
#: Sides of a tile in the file, of a tile of the network, and of a place where tissue is looked for.
STORED_PX, TILE_PX, PLACE_PX = 256, 512, 16
STEPS = (1, 4, 16)
#: Name of a slide -> how often the painted one stands in it, each way.
COPIES = {"8k": 1, "16k": 2}

Pixels = NDArray[np.uint8]


def canvas(plan: Plan) -> Pixels:
    """The painted section in the middle of a slide of clear glass."""
    section = np.empty((PAINTED_PX, PAINTED_PX, 3), np.uint8)
    for piece in Size(PAINTED_PX, PAINTED_PX).box().pieces(Size(TILE_PX, TILE_PX)):
        section[piece.slices] = paint(plan, piece)
    glass = np.median(section[:8].reshape(-1, 3), axis=0)
    slide = np.full((SLIDE_PX, SLIDE_PX, 3), glass, np.uint8)
    at = (SLIDE_PX - PAINTED_PX) // 2
    slide[at : at + PAINTED_PX, at : at + PAINTED_PX] = section
    return slide


def tissue(plan: Plan) -> NDArray[np.bool_]:
    """Where the slide holds tissue, in places of 16 px."""
    n, margin = PAINTED_PX // PLACE_PX, (SLIDE_PX - PAINTED_PX) // 2 // PLACE_PX
    middles_um = (np.arange(n) + 0.5) * PLACE_PX * MPP
    rows, columns = np.meshgrid(middles_um, middles_um, indexing="ij")
    distance = plan.tissue.tissue_distance(rows.ravel(), columns.ravel())
    return np.pad((distance < 0).reshape(n, n), margin)


def write_slide(path: Path, pixels: Pixels, copies: int) -> None:
    """Write ``pixels``, ``copies`` times each way, as an Aperio slide."""
    side = SLIDE_PX * copies
    with tifffile.TiffWriter(path) as writer:
        for step in STEPS:
            size = side // step
            level = pixels
            if step > 1:
                parts = pixels.reshape(SLIDE_PX // step, step, SLIDE_PX // step, step, 3)
                level = parts.mean(axis=(1, 3), dtype=np.float32).round().astype(np.uint8)
            writer.write(
                stored_tiles(level, copies),
                shape=(size, size, 3),
                dtype=np.uint8,
                tile=(STORED_PX, STORED_PX),
                photometric="rgb",
                compression="jpeg",
                compressionargs={"level": 80},
                subfiletype=int(step > 1),
                description=f"Aperio painted\n{size}x{size}|AppMag = 20|MPP = {MPP}",
                metadata=None,
            )


def stored_tiles(level: Pixels, copies: int) -> Iterator[Pixels]:
    """The tiles of a level, row by row."""
    every = range(0, len(level), STORED_PX)
    for top in (*every,) * copies:
        for left in (*every,) * copies:
            yield np.ascontiguousarray(level[top : top + STORED_PX, left : left + STORED_PX])


def describe(mask: NDArray[np.bool_], copies: int) -> dict[str, object]:
    """Size, scale and tiles with tissue, as (y, x) of their upper left corners."""
    whole = np.tile(mask, (copies, copies))
    n = TILE_PX // PLACE_PX
    holds = whole.reshape(len(whole) // n, n, -1, n).any(axis=(1, 3))
    return {
        "size_px": [SLIDE_PX * copies] * 2,
        "mpp": MPP,
        "tile_px": TILE_PX,
        "tissue_share": round(float(mask.mean()), 3),
        "tiles": (np.argwhere(holds) * TILE_PX).tolist(),
    }


def main() -> None:
    """Write the slides that are missing."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, required=True)
    work = options.parse_args().work
    work.mkdir(parents=True, exist_ok=True)
    missing = [name for name in COPIES if not (work / f"{name}.json").exists()]
    if not missing:
        return
    plan = plan_slide(PhantomSpec(SEED, (PAINTED_PX, PAINTED_PX), MPP, "test"))
    pixels, mask = canvas(plan), tissue(plan)
    for name in missing:
        write_slide(work / f"{name}.svs", pixels, COPIES[name])
        text = json.dumps(describe(mask, COPIES[name]))
        (work / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
