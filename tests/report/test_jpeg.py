from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from pathoflow.report.jpeg import jpeg_uri, jpeg_uris


def decode(uri: str) -> np.ndarray[Any, Any]:
    head, body = uri.split(",")
    assert head == "data:image/jpeg;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(body))).convert("RGB"))


def test_a_picture_survives_nearly_unchanged() -> None:
    ramp = np.broadcast_to(np.arange(0, 256, 2, dtype=np.uint8)[:, None, None], (128, 128, 3))
    back = decode(jpeg_uri(np.ascontiguousarray(ramp)))
    assert np.abs(back.astype(int) - ramp).max() <= 6


def test_many_pictures_share_a_quality_that_fits() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (200, 200, 3), np.uint8)
    roomy = jpeg_uris([noise] * 4)
    tight = jpeg_uris([noise] * 4, total_bytes=4 * len(roomy[0]) // 2)
    assert roomy[0] == jpeg_uri(noise, 85)
    assert len(tight[0]) < len(roomy[0])
    assert len(set(tight)) == 1


def test_no_pictures_are_fine() -> None:
    assert jpeg_uris([]) == []
