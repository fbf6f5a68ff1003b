"""Finds vessels in liver slides and the carcinoma cells inside them, and proposes an invasion grade for review.

    import pathoflow as pf

    slide = pf.open_slide("case.svs")
    result = pf.run_slide(slide, out="results")

Importing this package costs next to nothing: each name below loads its room when it is first used, so neither torch
nor a viewer comes in before it is needed. The order of the rooms is drawn in the README.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathoflow.pipeline import load_case as load_case
    from pathoflow.pipeline import predict as predict
    from pathoflow.pipeline import run_slide as run_slide
    from pathoflow.slide import Slide as Slide
    from pathoflow.slide import open_slide as open_slide
    from pathoflow.store import Result as Result
    from pathoflow.store import load_result as load_result
    from pathoflow.training import train as train

__version__ = "0.1.0"

#: Public name -> the room it lives in.
_HOMES = {
    "Result": "pathoflow.store",
    "Slide": "pathoflow.slide",
    "load_case": "pathoflow.pipeline",
    "load_result": "pathoflow.store",
    "open_slide": "pathoflow.slide",
    "predict": "pathoflow.pipeline",
    "run_slide": "pathoflow.pipeline",
    "train": "pathoflow.training",
}

__all__ = [
    "Result",
    "Slide",
    "__version__",
    "load_case",
    "load_result",
    "open_slide",
    "predict",
    "run_slide",
    "train",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'pathoflow' has no attribute {name!r}")
    value: object = getattr(importlib.import_module(_HOMES[name]), name)
    # Kept, so the next use is an ordinary look-up.
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
