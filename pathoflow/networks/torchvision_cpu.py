"""Makes the registry's torchvision importable beside a CPU-only torch.

The wheel's compiled operators are linked to CUDA libraries that a CPU torch does not have, so they stay unloaded, and
torchvision then fails while registering fakes for two operators nobody declared. Declaring them is enough for all that
segmentation-models-pytorch needs (layers and transforms); nms and roi_align stay absent.
"""

from __future__ import annotations

import importlib.util

import torch

# Kept for the life of the process: the declarations vanish with the object.
_library: torch.library.Library | None = None


def prepare_torchvision() -> None:
    """Declare what torchvision's Python layer expects; does nothing on a CUDA build of torch."""
    global _library  # one declaration per process is what torch allows
    if _library is not None or torch.version.cuda is not None:
        return
    if importlib.util.find_spec("torchvision") is None or hasattr(torch.ops.torchvision, "nms"):
        return
    _library = torch.library.Library("torchvision", "DEF")
    _library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
