"""A painted case, viewers without a window, and for tests of the real canvas a display of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("napari", reason="needs the gui extra")

from napari.components import ViewerModel

from napari_pathoflow.desk import Desk
from napari_pathoflow.painted_case import PaintedCase, paint_case
from napari_pathoflow.preferences import Preferences
from napari_pathoflow.session import Session
from pathoflow.mvi import Site
from pathoflow.phantom import load_spec, plan_levels
from pathoflow.slide import Slide
from pathoflow.slide.reader import SlideInfo
from pathoflow.space import Box

#: Two small blocks: enough for everything but the long story.
SMALL = PaintedCase(
    "CASE-1", (Site.INTERFACE, Site.NEAR), side_px=5000, vessels=16, invaded=2, candidates=12
)


def pytest_configure(config: pytest.Config) -> None:
    """Give tests of the canvas a display before anything of Qt is loaded."""
    if config.option.markexpr != "display" or not shutil.which("Xvfb"):
        return
    reading, writing = os.pipe()
    # Xvfb chooses a free display by itself and says which.
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24"]
    xvfb = subprocess.Popen(
        command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writing)
    with os.fdopen(reading) as said:
        number = said.readline().strip()
    os.environ |= {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    config.add_cleanup(xvfb.terminate)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests of the canvas where there is none to draw on."""
    if item.get_closest_marker("display") and os.environ["QT_QPA_PLATFORM"] == "offscreen":
        pytest.skip("draws in a real window: install Xvfb and run with -m display")


@pytest.fixture(scope="session")
def painted_out(made_once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The results of a painted case; copy them before deciding anything."""
    return made_once("painted-case", lambda folder: _paint(folder))


def _paint(folder: Path) -> None:
    paint_case(folder, SMALL)


@pytest.fixture
def out(painted_out: Path, tmp_path: Path) -> Path:
    """Results of a painted case for one test."""
    return Path(shutil.copytree(painted_out, tmp_path / "out"))


@pytest.fixture
def case_folder(out: Path) -> Path:
    return out / "cases" / "CASE-1"


class PlainReader:
    """A slide of one colour with the size and scale of a recipe: painting would cost ten seconds a test."""

    def __init__(self, path: Path) -> None:
        spec = load_spec(path)
        self.info = SlideInfo(
            path=path,
            reader="plain",
            vendor=None,
            size=spec.size,
            levels=plan_levels(spec.size),
            mpp=spec.pixel,
        )

    def read(self, level: int, box: Box) -> np.ndarray:
        return np.full((*box.size.shape, 3), (230, 180, 210), np.uint8)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture(autouse=True)
def _plain_slides(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("display") is None:
        monkeypatch.setattr(
            "napari_pathoflow.slides.open_slide", lambda path, mpp=None: Slide(PlainReader(path))
        )


@pytest.fixture
def session(out: Path, case_folder: Path) -> Iterator[Session]:
    """A session with the case open."""
    made = Session(out, "Dr Li")
    made.open_case(case_folder)
    yield made
    made.close()


@pytest.fixture
def viewer() -> Iterator[Any]:
    """napari's model of a viewer: everything but a window; slices are made at once."""
    made = ViewerModel()
    yield made
    made.layers.clear()
    made._layer_slicer.shutdown()


@pytest.fixture
def desk(viewer: Any, out: Path, case_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    """A reader's desk with the case open."""
    prefers = Preferences.load(tmp_path / "config")
    made = Desk(viewer, Session(out, "Dr Li"), prefers)
    # Threads would make the order of things a matter of luck.
    viewer._layer_slicer._force_sync = True
    said: list[str] = []
    made.signals.said.connect(said.append)
    made.said = said  # type: ignore[attr-defined]  # for tests to look at
    made.open_case(case_folder)
    yield made
    made.session.close()


@pytest.fixture
def press(viewer: Any) -> Callable[[str], None]:
    """Press a key as napari hears it."""
    from napari.utils.key_bindings import KeymapHandler

    handler = KeymapHandler()
    handler.keymap_providers = [viewer]

    def press_key(key: str) -> None:
        handler.press_key(key)
        handler.release_key(key)

    return press_key
