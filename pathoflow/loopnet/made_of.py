"""What a LoopNet is made of; apart from the network itself, so that a card can be read without loading one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What the network is made of."""

    #: By its name in segmentation-models-pytorch. The paper's ResNet-50 costs a CPU twenty times as much; this one has no
    #: squeeze and excitation, which would mix what lies on different places.
    encoder: str = "tu-tf_mobilenetv3_small_minimal_100"
    #: Widths of the locating head between its three layers (our choice) and what is dropped there (paper).
    hidden: tuple[int, int] = (128, 64)
    dropout: tuple[float, float] = (0.2, 0.1)
    #: "cells": a few cells count as much as many, our choice; "everywhere": blanks take part, as in the paper.
    pooling: Literal["cells", "everywhere"] = "cells"
    #: A place's own features have weights of their own beside the mean of its neighbours, so that a leucocyte among
    #: tumour cells stays visible: our choice. Without, plain graph convolution as in the paper.
    keeps_own: bool = True
