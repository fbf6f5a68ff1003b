"""TRIDENT: `segment_semantic` within the given tissue; its answer is a mask in memory, saved by us.

Its licence (CC BY-NC-ND) allows to run it beside ours and no more: nothing of it is here.
"""

from __future__ import annotations

import arm
import geopandas
import network
import numpy as np
import torch
from shapely import box, union_all
from trident import load_wsi
from trident.segmentation_models.load import SegmentationModel

ran: list[int] = []


class Model(SegmentationModel):
    """The network as TRIDENT wants it."""

    def _build(self, net: torch.nn.Module, side: int) -> tuple[torch.nn.Module, object]:
        self.input_size, self.precision = side, torch.float32
        return net, lambda rgb: torch.from_numpy(np.array(rgb)).permute(2, 0, 1).float() / 255

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        """The class of each pixel."""
        ran.append(len(rgb))
        return self.model(rgb).argmax(1).to(torch.uint8)


def run(asked: arm.Job) -> None:
    """Tissue as given, segmentation, mask on disk."""
    side = asked.tile_px
    # A pixel less all round: it takes every window that touches the tissue.
    squares = [box(x + 1, y + 1, x + side - 1, y + side - 1) for y, x in asked.tiles]
    wsi = load_wsi(slide_path=str(asked.slide), lazy_init=False)
    wsi.gdf_contours = geopandas.GeoDataFrame(geometry=[union_all(squares)])
    model = Model(net=network.load(asked.network), side=side)
    found, _ = wsi.segment_semantic(
        model, target_mag=round(10 / asked.mpp), batch_size=arm.BATCH, device="cpu", num_workers=0
    )
    np.save(asked.out / "map.npy", found)


if __name__ == "__main__":
    asked = arm.job()
    with arm.measured(0) as figures:
        run(asked)
    figures["tiles"] = sum(ran)
    arm.finish(asked, figures, np.load(asked.out / "map.npy") > 0)
