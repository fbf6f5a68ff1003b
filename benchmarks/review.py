"""How fast a review is: ten thousand candidates, and a slide of 100,000 x 100,000 pixels.

python benchmarks/review.py                 # figures/review.json and the table of docs/review.md; needs Xvfb or a display
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
_FIGURES = _HERE / "figures" / "review.json"
_PAGE = _HERE.parent / "docs" / "review.md"
_BEGIN, _END = "<!-- figures: benchmarks/review.py -->\n", "<!-- end -->"
_N_CANDIDATES = 10_000
_SIDE_PX = 100_000

_ROWS = (
    ("open_case_s", "Open a case of 10,000 candidates", "s"),
    ("scroll_ms", "Scroll the gallery by one page", "ms"),
    ("verdict_ms", "One verdict, written to disk, until the next vessel is selected", "ms"),
    ("overlay_ms", "Outlines switched on until they are drawn", "ms"),
    ("open_slide_s", "A painted slide of 100,000 x 100,000 px until it is shown", "s"),
    ("pan_ms", "A step of the camera on it, until the window answers again", "ms"),
    ("rss_mb", "Memory of the process after all of it", "MB"),
)


def main() -> None:
    """Measure, keep the figures, write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=_N_CANDIDATES)
    parser.add_argument("--to", type=Path, default=_FIGURES)
    arguments = parser.parse_args()
    if os.environ.get("QT_QPA_PLATFORM", "xcb") == "offscreen":
        os.environ["QT_QPA_PLATFORM"] = "xcb"
    if not os.environ.get("DISPLAY") and shutil.which("xvfb-run"):
        command = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", sys.executable, *sys.argv]
        sys.exit(subprocess.call(command))
    with tempfile.TemporaryDirectory() as work:
        figures = measure(Path(work), arguments.candidates)
    arguments.to.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    _PAGE.write_text(updated(_PAGE.read_text("utf-8")), "utf-8")
    print(json.dumps(figures, indent=1))


def measure(work: Path, n_candidates: int) -> dict[str, float]:
    """All figures; times in processor seconds of this process, because machines are shared."""
    from napari_pathoflow.preferences import Preferences
    from napari_pathoflow.start import open_window

    case = many_candidates(work / "out", n_candidates)
    recipe = work / "large.toml"
    recipe.write_text(
        f'seed = 5\nsize_px = [{_SIDE_PX}, {_SIDE_PX}]\nmpp = 0.5\nfamily = "test"\n', "utf-8"
    )
    viewer = open_window(work / "out", block=False, preferences=Preferences.load(work / "config"))
    window = viewer.window._qt_window
    window.resize(1560, 940)
    desk = window.pathoflow.desk
    gallery = window.pathoflow.panel("gallery")
    settle(0.5)
    figures = {"open_case_s": timed(lambda: (desk.open_case(case), settle()))}
    bar = gallery.view.verticalScrollBar()
    pages = range(0, bar.maximum(), max(1, bar.maximum() // 40))
    figures["scroll_ms"] = 1000 * median([timed(lambda at=at: (bar.setValue(at), settle())) for at in pages])  # fmt: skip
    figures["verdict_ms"] = 1000 * median([timed(lambda: (desk.do("accept"), settle())) for _ in range(20)])  # fmt: skip
    figures["overlay_ms"] = 1000 * timed(lambda: (desk.do("outlines"), settle()))
    figures |= large_slide(desk, recipe)
    # Linux counts kilobytes, macOS bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures["rss_mb"] = peak / (2**20 if sys.platform == "darwin" else 1024)
    viewer.close()
    return {name: round(value, 3) for name, value in figures.items()}


def large_slide(desk: Any, recipe: Path) -> dict[str, float]:
    """Open a slide that no memory holds, and pan over it at 10x."""
    from pathoflow.slide import open_slide

    opened = timed(lambda: (desk.canvas.show_slide(open_slide(recipe)), settle()))
    desk.canvas.set_power(10.0)
    camera = desk.viewer.scene.camera
    steps = []
    for step in range(20):
        y, x = camera.center[-2:]
        steps.append(timed(lambda y=y, x=x, d=40.0 * (step + 1): (_move(camera, y, x + d), settle())))  # fmt: skip
    desk.viewer._layer_slicer.wait_until_idle()
    return {"open_slide_s": opened, "pan_ms": 1000 * median(steps)}


def many_candidates(out: Path, n: int) -> Path:
    """A painted slide whose few vessels stand for very many candidates."""
    from napari_pathoflow.painted_case import PaintedCase, paint_case
    from pathoflow.mvi import Case, CaseRow, Site
    from pathoflow.pipeline import save_case
    from pathoflow.review.slides import slide_of
    from pathoflow.store import CaseFolder, load_result, save_result

    wanted = PaintedCase("BIG", (Site.INTERFACE,), vessels=20, candidates=20)
    folder = paint_case(out, wanted)
    result = load_result(out / "BIG_B1")
    known = list(result.vessels)
    rows = [{**known[i % len(known)], "id": _uuid(i), "p_mvi": round(1 - i / n, 5)} for i in range(n)]  # fmt: skip
    mvi = {**result.data["mvi"], "n_candidates": n}
    result = save_result(out / "BIG_B1", {**result.data, "vessels": rows, "mvi": mvi})
    row = CaseRow("BIG_B1", "BIG", "B1", Site.INTERFACE)
    (folder / "case.json").unlink()
    save_case(CaseFolder(folder), Case("BIG", (slide_of(row, result),)))
    return folder


def updated(page: str) -> str:
    """The page with the table of the kept figures."""
    head, rest = page.split(_BEGIN)
    return head + _BEGIN + block() + _END + rest.split(_END, 1)[1]


def block() -> str:
    """The table; a line that says so where nothing was measured."""
    if not _FIGURES.exists():
        return "Not measured yet.\n"
    figures = json.loads(_FIGURES.read_text("utf-8"))
    lines = ["| what | processor time |", "|---|--:|"]
    for name, words, unit in _ROWS:
        value = figures[name]
        lines.append(f"| {words} | {value:.0f} {unit} |" if value >= 10 else f"| {words} | {value:.1f} {unit} |")  # fmt: skip
    return "\n".join(lines) + "\n"


def settle(seconds: float = 0.0) -> None:
    """Let the window do what it has to do now."""
    from qtpy.QtWidgets import QApplication

    until = time.monotonic() + seconds
    QApplication.processEvents()
    while time.monotonic() < until:
        QApplication.processEvents()


def timed(action: Callable[[], Any]) -> float:
    """Processor seconds of this thread, which is the one a reader waits for."""
    began = time.thread_time()
    action()
    return time.thread_time() - began


def median(values: list[float]) -> float:
    """The middle value."""
    return sorted(values)[len(values) // 2]


def _move(camera: Any, y: float, x: float) -> None:
    camera.center = (0.0, y, x)


def _uuid(number: int) -> str:
    import uuid

    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"candidate {number}"))


if __name__ == "__main__":
    main()
