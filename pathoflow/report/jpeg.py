"""JPEG pictures as data URIs, so that a page needs no other file."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: A page that can be sent by mail: what all gallery pictures may weigh together, before base64 adds a third.
GALLERY_BYTES = 2_000_000
_QUALITIES = (85, 75, 65, 55, 45)


def jpeg_uri(pixels: NDArray[np.uint8], quality: int = 85) -> str:
    """A ``data:`` URI of ``(h, w, 3)`` uint8 RGB; the same pixels give the same text."""
    return _uri(_encode(pixels, quality))


def jpeg_uris(pictures: Sequence[NDArray[np.uint8]], total_bytes: int = GALLERY_BYTES) -> list[str]:
    """All pictures at one quality: 85, or the best at which they fit into ``total_bytes`` together."""
    encoded: list[bytes] = []
    for quality in _QUALITIES:
        encoded = [_encode(pixels, quality) for pixels in pictures]
        if sum(map(len, encoded)) <= total_bytes:
            break
    return [_uri(jpeg) for jpeg in encoded]


def _encode(pixels: NDArray[np.uint8], quality: int) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, optimize=True)
    return file.getvalue()


def _uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")
