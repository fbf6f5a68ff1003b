from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.errors import TileUnreadable
from pathoflow.inference import InferenceSettings, Ledger, Target, TileTally, Work, predict_slide
from pathoflow.networks import Architecture, Domain, Network, NetworkCard, Normalisation
from pathoflow.space import Box, Frame, Mpp, Size
from pathoflow.store import Pyramid, PyramidSpec, create_pyramid

MPP = 2.0


@dataclass
class ArraySlide:
    """A slide of 2 µm/px made of an array, with places that cannot be read."""

    pixels: np.ndarray
    damaged: tuple[Box, ...] = ()
    reads: list[Box] = field(default_factory=list)

    @property
    def mpp(self) -> Mpp:
        return Mpp.square(MPP)

    @property
    def size(self) -> Size:
        return Size(*self.pixels.shape[:2])

    def read(self, box: Box, mpp: float) -> np.ndarray:
        assert mpp == MPP
        self.reads.append(box)
        if any(not box.intersect(bad).is_empty for bad in self.damaged):
            raise TileUnreadable(f"{box} cannot be decoded; copy the slide again.")
        found = np.full((*box.size.shape, 3), 255, np.uint8)
        inside = box.intersect(self.size.box())
        if not inside.is_empty:
            found[inside.within(box).slices] = self.pixels[inside.slices]
        return found


@dataclass
class ArrayTissue:
    """Tissue as an array on the grid of the maps."""

    pixels: np.ndarray

    def covers(self, box: Box, frame: Frame) -> bool:
        assert frame == Frame(1.0, 1.0)
        inside = box.intersect(Box(0, 0, *self.pixels.shape))
        return not inside.is_empty and bool(self.pixels[inside.slices].any())

    def resample(self, box: Box, frame: Frame) -> np.ndarray:
        found = np.zeros(box.size.shape, bool)
        inside = box.intersect(Box(0, 0, *self.pixels.shape))
        found[inside.within(box).slices] = self.pixels[inside.slices]
        return found


class Blur(nn.Module):
    """Mean brightness of the 15 x 15 pixels around each pixel, stretched: every answer needs a halo of 7."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        assert x.shape[2] % 32 == x.shape[3] % 32 == 0, "networks halve five times"
        grey = x.mean(1, keepdim=True)
        return 8 * nn.functional.avg_pool2d(grey, 15, stride=1, padding=7)


class Constant(nn.Module):
    def __init__(self, logit: float = 2.0) -> None:
        super().__init__()
        self.logit = logit

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.full((x.shape[0], 1, *x.shape[2:]), self.logit)


class CountingNetwork(Network):
    """Remembers how many tiles it was shown."""

    def start(self, pixels: np.ndarray) -> Callable[[], np.ndarray]:
        seen = self.__dict__.setdefault("seen", [])
        seen.append(len(pixels))
        return super().start(pixels)

    @property
    def n_seen(self) -> int:
        return sum(self.__dict__.get("seen", []))


def make_network(
    module: nn.Module, name: str = "vessel", domain: Domain | None = None, **entries: Any
) -> CountingNetwork:
    values: dict[str, Any] = {
        "name": f"{name}-test",
        "version": "1",
        "title": "",
        "architecture": Architecture("none", "none"),
        "classes": (name,),
        "mpp": MPP,
        "halo_px": 7,
        "normalisation": Normalisation(),
        "threshold": 0.5,
        "licence": "MIT",
        "training": {},
        "metrics": {},
        "limits": (),
        "weights_sha256": "0",
        "synthetic": True,
    }
    card = NetworkCard(**{**values, **entries})
    return CountingNetwork(card, module.eval(), torch.device("cpu"), domain)


@dataclass
class Run:
    """One slide being analysed in one folder; a second `run` resumes."""

    root: Path
    target: Target
    settings: InferenceSettings

    def ledger(self) -> Ledger:
        (self.root / "ledger").mkdir(parents=True, exist_ok=True)
        ledger = Ledger(self.root / "ledger", {"run": 1})
        ledger.start()
        return ledger

    def output(self, name: str = "vessel") -> Pyramid:
        side = self.settings.block_px
        spec = PyramidSpec("uint8", Mpp.square(MPP), n_levels=1, chunk_px=16, shard_px=side)
        return create_pyramid(
            self.root / "analysis.zarr", f"probability/{name}", self.target.size, spec
        )

    def go(self, on_progress: Any = lambda done, total: None) -> TileTally:
        outputs = {name: self.output(name) for name in self.target.classes}
        return predict_slide(self.target, outputs, self.ledger(), self.settings, Work(on_progress))

    def map(self, name: str = "vessel") -> np.ndarray:
        return self.output(name).read(self.target.size.box())

    def files(self) -> dict[str, bytes]:
        store = self.root / "analysis.zarr"
        return {
            str(path.relative_to(store)): path.read_bytes()
            for path in sorted(store.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def picture() -> np.ndarray:
    """Smooth noise, so that a blurred picture still has contrast; sides are no multiples of anything."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 256, (20, 27, 3), np.uint8)
    return np.repeat(np.repeat(coarse, 8, 0), 8, 1)[:150, :203]


@pytest.fixture
def network() -> Callable[..., CountingNetwork]:
    """Make a network of a module, by default the blur; keywords replace entries of its card."""
    return lambda module=None, name="vessel", **entries: make_network(
        module or Blur(), name, **entries
    )


@pytest.fixture
def constant() -> type[Constant]:
    return Constant


@pytest.fixture
def make_target(picture: np.ndarray) -> Callable[..., Target]:
    """A target on ``picture``, all of it tissue unless said otherwise."""

    def make(*networks: Network, pixels: Any = None, tissue: Any = None, **more: Any) -> Target:
        shown = picture if pixels is None else pixels
        where = np.ones(shown.shape[:2], bool) if tissue is None else tissue
        return Target(ArraySlide(shown, **more), ArrayTissue(where), networks)  # type: ignore[arg-type]

    return make


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Run]:
    """Prepare to analyse a target in a folder of the given name, with settings as keywords."""

    def make(target: Target, folder: str = "run", **settings: int) -> Run:
        chosen = InferenceSettings(**{"tile_px": 32, "block_px": 64, **settings})
        return Run(tmp_path / folder, target, chosen)

    return make
