"""TIAToolbox: `SemanticSegmentor.run` on the whole slide, its answer stored as zarr.

It stores the class of each pixel and no probability, which is its default and the cheaper way.
"""

from __future__ import annotations

import arm
import network
import numpy as np
import torch
import zarr
from tiatoolbox.models.engine.io_config import IOSegmentorConfig
from tiatoolbox.models.engine.semantic_segmentor import SemanticSegmentor
from tiatoolbox.models.models_abc import ModelABC


class Model(ModelABC):
    """The network as TIAToolbox wants it."""

    def __init__(self, net: torch.nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        """Logits."""
        return self.net(rgb)

    @staticmethod
    def infer_batch(model: torch.nn.Module, batch_data: torch.Tensor, *, device: str) -> np.ndarray:
        """Probabilities of a batch of uint8 tiles, ``(n, h, w, 2)``."""
        rgb = batch_data.to(device).permute(0, 3, 1, 2).contiguous().float().div_(255)
        with torch.inference_mode():
            return torch.softmax(model(rgb), 1).permute(0, 2, 3, 1).cpu().numpy()

    @staticmethod
    def postproc(image: np.ndarray) -> np.ndarray:
        """The class of each pixel."""
        return np.argmax(image, axis=-1)


def run(asked: arm.Job) -> None:
    """Hand everything to the engine."""
    scale = [{"units": "mpp", "resolution": asked.mpp}]
    shape = (asked.tile_px, asked.tile_px)
    engine = SemanticSegmentor(
        Model(network.load(asked.network)), batch_size=arm.BATCH, num_workers=0, verbose=False
    )
    engine.run(
        [asked.slide],
        # 16 px per tile: its own resampling of the mask then blurs no tile into the next.
        masks=[np.kron(asked.grid(), np.ones((16, 16))).astype(np.uint8)],
        patch_mode=False,
        auto_get_mask=False,
        ioconfig=IOSegmentorConfig(
            input_resolutions=scale,
            output_resolutions=scale,
            patch_input_shape=shape,
            patch_output_shape=shape,
            stride_shape=shape,
            save_resolution=scale[0],
        ),
        save_dir=asked.out / "result",
        output_type="zarr",
        device="cpu",
    )


def mask(asked: arm.Job) -> np.ndarray:
    """The stored classes."""
    (stored,) = (asked.out / "result").glob("*.zarr")
    return np.asarray(zarr.open_group(stored, mode="r")["predictions"]).squeeze() == 1


if __name__ == "__main__":
    asked = arm.job()
    ran: list[int] = []
    count = Model.infer_batch
    Model.infer_batch = staticmethod(
        lambda m, b, *, device: ran.append(len(b)) or count(m, b, device=device)
    )
    with arm.measured(len(asked.tiles)) as figures:
        run(asked)
    figures["tiles"] = sum(ran)
    arm.finish(asked, figures, mask(asked))
