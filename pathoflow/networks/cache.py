"""Where things lie that can be made again at any time: deleting the folder costs only time."""

from __future__ import annotations

from pathlib import Path


def cache_folder() -> Path:
    """The user's cache folder for pathoflow, as the system wants it (``$XDG_CACHE_HOME`` on Linux); it may not exist."""
    from platformdirs import user_cache_path

    return user_cache_path("pathoflow", appauthor=False)
