"""Take the pictures of docs/review.md: a painted case walked through in a real window on a display of its own.

    python benchmarks/review_pictures.py                 # docs/images/review-*.jpg; needs Xvfb, or a display

The Chinese one needs a font with its signs, such as fonts-wqy-microhei. Every figure on them is synthetic: the slides are painted and the results are made of their truth.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SIZE = (1400, 860)
_IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
#: Tissue has no flat colours, so a PNG of it would be four times as large.
_QUALITY = 70
_WIDTH = 1200


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=_IMAGES, help="folder for the pictures")
    parser.add_argument("--case", type=Path, help="keep the painted case here and use it again")
    arguments = parser.parse_args()
    if os.environ.get("QT_QPA_PLATFORM", "xcb") == "offscreen":
        os.environ["QT_QPA_PLATFORM"] = "xcb"
    if not os.environ.get("DISPLAY") and shutil.which("xvfb-run"):
        screen = f"-screen 0 {_SIZE[0]}x{_SIZE[1]}x24"
        command = ["xvfb-run", "-a", "-s", screen, sys.executable, *sys.argv]
        sys.exit(subprocess.call(command))
    with tempfile.TemporaryDirectory() as temporary:
        out = arguments.case or Path(temporary) / "out"
        Walk(out, Path(temporary), arguments.to).take()


class Walk:
    """One walk through a case, a picture at each stop."""

    def __init__(self, out: Path, work: Path, to: Path) -> None:
        from napari_pathoflow.painted_case import paint_case
        from napari_pathoflow.preferences import Preferences
        from napari_pathoflow.start import open_window

        self.to = to
        shutil.rmtree(out, ignore_errors=True)
        paint_case(out)
        prefers = Preferences.load(work / "config").but(reader="Dr Li")
        self.viewer = open_window(out, block=False, preferences=prefers)
        self.window = self.viewer.window._qt_window
        self.window.resize(*_SIZE)
        self.desk_window = self.window.pathoflow
        self.desk = self.desk_window.desk
        self.out = out

    def take(self) -> None:
        """Walk and take pictures."""
        desk = self.desk
        self.shot("worklist")
        desk.open_case(next((self.out / "cases").iterdir()))
        self.shot("gallery")
        desk.do("tumour")
        desk.do("outlines")
        desk.canvas.look_at(self._crowded())
        desk.do("power_5")
        self.shot("outlines")
        desk.do("heat")
        self.shot("heat")
        desk.do("heat")
        desk.do("outlines")
        self._measure()
        self._edit()
        self._review()
        desk.go_to(desk.session.candidates[1].id, power=10.0)
        self.desk_window.right.bring("case")
        self.shot("case")
        self._finish()
        self.desk_window.right.bring("case")
        self.shot("signed")
        self.desk_window.speak("zh")
        self.desk_window.right.bring("vessel")
        self.shot("chinese")
        self.desk_window.speak("en")
        desk.do("help")
        self.shot("keys", self.desk_window.help)
        self.viewer.close()

    def _crowded(self) -> Any:
        """A place between the tumour and the most suspicious vessel."""
        found = self.desk.session.distance_to_tumour()
        return found.tumour_point

    def _measure(self) -> None:
        desk = self.desk
        apart = min(
            (one for one in desk.session.candidates if (one.dist_edge_um or 0) > 100),
            key=lambda one: one.dist_edge_um or 0,
        )
        desk.go_to(apart.id, power=8.0)
        desk.do("measure_tumour")
        self.shot("measure")
        desk.canvas.drop("measure")

    def _edit(self) -> None:
        desk = self.desk
        desk.go_to(desk.session.candidates[0].id, power=20.0)
        desk.do("edit")
        self.shot("edit")
        desk.do("drop")
        self.desk_window.right.bring("vessel")

    def _review(self) -> None:
        """Give verdicts as a careful reader would: by the truth of the painting."""
        from pathoflow.mvi import Status

        for place, one in enumerate(list(self.desk.session.candidates)):
            self.desk.session.select(one.id)
            score = one.p_mvi or 0.0
            verdict = Status.ACCEPTED if score > 0.7 else Status.UNCERTAIN if place == 13 else None
            if verdict is None:
                self.desk.session.decide(Status.REJECTED, "rbc" if place % 2 else "inflammation")
            else:
                self.desk.session.decide(verdict)
            if place == 16:
                self.desk.go_to(self.desk.session.candidates[17].id)
                self.shot("verdicts")

    def _finish(self) -> None:
        from pathoflow.mvi import Status

        session = self.desk.session
        for one in session.candidates:
            if one.verdict == "uncertain":
                session.select(one.id)
                session.decide(Status.REJECTED, "artefact")
        for slide in session.slide_ids:
            session.confirm_tumour(slide, True)
        session.set_complete(True)
        self.desk.do("sign")
        self.desk.go_to(session.candidates[0].id, power=10.0)

    def shot(self, name: str, what: Any = None) -> None:
        """Wait until everything is drawn, and keep the window as a small picture."""
        from PIL import Image

        self._settle()
        pixels: Any = (what or self.window).grab().toImage().convertToFormat(_rgb())
        width, height = pixels.width(), pixels.height()
        image = Image.frombytes(
            "RGB", (width, height), bytes(pixels.constBits()), "raw", "RGB", pixels.bytesPerLine()
        )
        self.to.mkdir(parents=True, exist_ok=True)
        path = self.to / f"review-{name}.jpg"
        if image.width > _WIDTH:
            image = image.resize((_WIDTH, round(image.height * _WIDTH / image.width)))
        image.save(path, quality=_QUALITY, optimize=True)
        print(f"{path.name}: {path.stat().st_size // 1000} kB")

    def _settle(self) -> None:
        loader = self.desk_window.panel("gallery").loader
        self._wait(lambda: False, 0.3)
        self._wait(lambda: not loader._waiting and not loader._is_running, 120.0)
        slicer = self.viewer._layer_slicer
        self._wait(lambda: not slicer._layers_to_task, 120.0)
        self._wait(lambda: False, 0.5)

    def _wait(self, is_done: Callable[[], bool], most_s: float) -> None:
        from qtpy.QtWidgets import QApplication

        until = time.monotonic() + most_s
        while time.monotonic() < until and not is_done():
            QApplication.processEvents()
            time.sleep(0.01)


def _rgb() -> Any:
    from qtpy.QtGui import QImage

    return QImage.Format.Format_RGB888


if __name__ == "__main__":
    main()
