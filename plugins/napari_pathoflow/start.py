"""Opening a window on a worklist, from the command line or from napari's menu."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import napari
from qtpy.QtWidgets import QApplication

from napari_pathoflow.binding import require_sound_binding
from napari_pathoflow.display import require_display
from napari_pathoflow.preferences import Preferences
from napari_pathoflow.window import Window, desk_of
from pathoflow.store import CASES_NAME, CaseFolder, ResultFolder


def open_window(path: Path, *, block: bool = True, preferences: Preferences | None = None) -> Any:
    """Open a viewer with the worklist at ``path``; see `napari_pathoflow.open_worklist`."""
    require_sound_binding()
    if QApplication.instance() is None:
        require_display()
    out, case = worklist_and_case(path)
    viewer = napari.Viewer(title="pathoflow", show=False, show_welcome_screen=False)
    window = furnish(viewer, out, preferences)
    viewer.show()
    window.share_width()
    # Only a window that is shown has a screen to hear of.
    window.meet_screen()
    if case is not None:
        window.desk.attempt(lambda: window.desk.open_case(case))
    if block:
        napari.run()
    return viewer


def furnish(viewer: Any, out: Path, preferences: Preferences | None = None) -> Window:
    """Make the window of a viewer a reader's desk; one that is one already gets the new worklist."""
    desk = desk_of(viewer, out, preferences)
    holder = viewer.window._qt_window
    known = getattr(holder, "pathoflow", None)
    if known is not None:
        known.panel("worklist").refresh()
        return known  # type: ignore[no-any-return]  # set below
    window = Window(desk, viewer.window)
    # Kept alive by the window it furnishes.
    holder.pathoflow = window
    return window


def worklist_and_case(path: Path) -> tuple[Path, Path | None]:
    """The result folder of a path, and the case that is meant where the path names one."""
    if CaseFolder(path).case_json.exists() and path.parent.name == CASES_NAME:
        return path.parent.parent, path
    if ResultFolder(path).result_json.exists():
        return path.parent, path
    return path, None
