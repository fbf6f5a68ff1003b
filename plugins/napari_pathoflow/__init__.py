"""The napari plugin of pathoflow: worklist, gallery, one key per verdict, editing, measuring, signing.

    styles, layers, viewport, crop, candidates ...   pure: neither Qt nor a viewer
    session       the case, its review and what is selected   -> pathoflow.review
    canvas        the slide in a viewer model                 -> napari
    desk          every action by name, keys                  -> session, canvas
    panels        thin widgets over the desk                  -> Qt, by qtpy
    window        the docks

`open_worklist` is what ``pathoflow review OUT`` calls.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["open_worklist"]


def open_worklist(path: Path | str, *, block: bool = True) -> Any:
    """Open a viewer on the cases of a result folder; the viewer is given back.

    Parameters
    ----------
    path
        ``OUT`` of ``pathoflow run``, a folder of one case in it, or the folder of one slide's result.
    block
        Whether to stay until the window is closed.
    """
    from napari_pathoflow.start import open_window

    return open_window(Path(path), block=block)
