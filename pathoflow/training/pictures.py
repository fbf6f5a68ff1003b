"""What a network sees and says, as one picture: patches with the true outline and the drawn one."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.segmentation import find_boundaries

from pathoflow.data import PatchSet
from pathoflow.store.atomic import write_bytes
from pathoflow.training.evaluation import Predict, probabilities

#: Colours that colour-blind readers tell apart (Okabe and Ito).
TRUE, SAID = (0, 158, 115), (213, 94, 0)
_COLUMNS, _SIDE = 6, 160


def sheet(predict: Predict, patches: PatchSet, threshold: float, n: int = 12) -> NDArray[np.uint8]:
    """``n`` patches spread over the set in rows: truth green, prediction orange, unknown places dimmed."""
    chosen = np.unique(np.linspace(0, len(patches) - 1, min(n, len(patches))).round().astype(int))
    shown = patches.take(chosen)
    maps = probabilities(predict, shown.pixels) >= threshold
    tiles = [
        _tile(rgb, true.any(0), said.any(0), known)
        for rgb, true, said, known in zip(shown.pixels, shown.masks, maps, shown.known, strict=True)
    ]
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % min(_COLUMNS, len(tiles)))
    wide = min(_COLUMNS, len(tiles))
    rows = [np.concatenate(tiles[at : at + wide], 1) for at in range(0, len(tiles), wide)]
    return np.concatenate(rows)


def save_picture(picture: NDArray[np.uint8], path: Path) -> None:
    """Write ``(h, w, 3)`` as PNG, whole or not at all."""
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, content.getvalue())


def _tile(
    rgb: NDArray[np.uint8],
    true: NDArray[np.bool_],
    said: NDArray[np.bool_],
    known: NDArray[np.bool_],
) -> NDArray[np.uint8]:
    scale = max(1, round(_SIDE / len(rgb)))
    grown = [np.kron(mask, np.ones((scale, scale), bool)) for mask in (true, said, known)]
    out = np.repeat(np.repeat(rgb, scale, 0), scale, 1).copy()
    out[~grown[2]] //= 2
    out[find_boundaries(grown[0], mode="inner")] = TRUE
    out[find_boundaries(grown[1], mode="inner")] = SAID
    out[:1], out[:, :1] = 255, 255
    return out
