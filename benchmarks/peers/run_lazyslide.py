"""LazySlide: `zs.seg.semantic` on tiles of the given tissue; its answer is polygons, stored as GeoParquet.

It keeps no map: the polygons are drawn again, unmeasured, to compare them.
"""

from __future__ import annotations

import arm
import cv2
import lazyslide as zs
import network
import numpy as np
import torch
from lazyslide_models.base import SegmentationOutput
from shapely import box, union_all
from wsidata import open_wsi
from wsidata.io import add_tissues

ran: list[int] = []


class Model:
    """The network as LazySlide wants it."""

    def __init__(self, net: torch.nn.Module) -> None:
        self.net = net

    def to(self, device: str) -> None:
        """Move."""
        self.net.to(device)

    def get_transform(self) -> object:
        """RGB bytes to a tensor between 0 and 1."""
        return lambda rgb: (
            torch.from_numpy(np.ascontiguousarray(rgb)).permute(2, 0, 1).float() / 255
        )

    def segment(self, rgb: torch.Tensor) -> SegmentationOutput:
        """Probabilities of both classes."""
        ran.append(len(rgb))
        return SegmentationOutput(torch.softmax(self.net(rgb), 1), classes=("other", "found"))


def run(asked: arm.Job) -> object:
    """Tissue as given, tiles, segmentation, polygons on disk."""
    wsi = open_wsi(asked.slide, store=None)
    side = asked.tile_px
    tissue = union_all([box(x, y, x + side, y + side) for y, x in asked.tiles])
    add_tissues(wsi, "tissues", list(getattr(tissue, "geoms", [tissue])))
    zs.pp.tile_tissues(wsi, side, mpp=asked.mpp)
    zs.seg.semantic(
        wsi,
        Model(network.load(asked.network)),
        # Without overlap both modes give the same map, and this one is cheaper.
        mode="constant",
        batch_size=arm.BATCH,
        num_workers=0,
        device="cpu",
        pbar=False,
        key_added="found",
    )
    found = wsi.shapes["found"]
    # Transformations that only SpatialData can write; parquet takes the polygons.
    found.attrs.clear()
    found.to_parquet(asked.out / "found.parquet")
    return found


def mask(asked: arm.Job, found: object) -> np.ndarray:
    """The polygons, filled."""
    drawn = np.zeros(asked.size_px, np.uint8)
    for polygon in found.geometry.explode():
        rings = [polygon.exterior, *polygon.interiors]
        points = [np.round(np.array(ring.coords)).astype(np.int32) for ring in rings]
        cv2.fillPoly(drawn, points, 1)
    return drawn > 0


if __name__ == "__main__":
    asked = arm.job()
    with arm.measured(0) as figures:
        found = run(asked)
    figures["tiles"] = sum(ran)
    arm.finish(asked, figures, mask(asked, found), polygons=len(found))
