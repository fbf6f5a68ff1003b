from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from pathoflow.data import PatchSet
from pathoflow.training.pictures import SAID, TRUE, save_picture, sheet


def test_truth_and_answer_are_outlined_where_they_are(
    patches: Callable[..., PatchSet], tmp_path: Path
) -> None:
    own = patches(8)

    def left(rgb: torch.Tensor) -> torch.Tensor:
        answer = torch.zeros(len(rgb), 1, *rgb.shape[2:])
        answer[..., 40:] = 1
        return answer

    picture = sheet(left, own, 0.5)
    scale = round(160 / 64)
    assert picture.shape == (2 * 64 * scale, 6 * 64 * scale, 3)
    # In the first tile: the left edge of the true square, the left edge of the answer, and neither of them elsewhere.
    assert tuple(picture[30 * scale, 10 * scale]) == TRUE
    assert tuple(picture[30 * scale, 40 * scale]) == SAID
    assert tuple(picture[5 * scale, 5 * scale]) not in (TRUE, SAID)
    # Eight patches in rows of six leave four places white.
    assert (picture[64 * scale :, 2 * 64 * scale :] == 255).all()
    save_picture(picture, tmp_path / "deep" / "sheet.png")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "deep" / "sheet.png")), picture)
