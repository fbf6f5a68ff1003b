"""What the stories share: the command as a person calls it, and small slides that go wrong in one way each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from pathoflow.cli import main
from pathoflow.inference import InferenceSettings
from pathoflow.pipeline import RunSettings, run_slide

#: Blocks so small that the painted slide has several, each of several tiles.
SMALL_BLOCKS = RunSettings(inference=InferenceSettings(tile_px=256, block_px=512))


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


@pytest.fixture
def pathoflow(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Call the command with these words."""

    def call(*words: object) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return Said(int(end.value.code or 0), said.out, said.err)

    return call


@pytest.fixture(scope="session")
def small_blocks(made_once: Callable[[str, Callable[[Path], None]], Path], painted: Path) -> Path:
    """``OUT/liver``: the painted slide, analysed in small blocks without being interrupted."""
    folder = made_once("small-blocks", lambda out: run_slide(painted, out, SMALL_BLOCKS))
    return folder / "liver"


@pytest.fixture
def make_plain_slide() -> Callable[..., Path]:
    """Write plain pixels as a tiled TIFF; without ``mpp`` the header does not say it."""

    def write(path: Path, pixels: NDArray[np.uint8], mpp: float | None = 0.5) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        scale = {} if mpp is None else {"resolution": (1e4 / mpp,) * 2, "resolutionunit": 3}
        tifffile.imwrite(
            path,
            pixels,
            tile=(256, 256),
            photometric="rgb",
            compression="zlib",
            metadata=None,
            **scale,
        )
        return path

    return write
