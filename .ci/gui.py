"""Open the viewer, or say in one sentence what this machine lacks for it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

#: Debian and Ubuntu names of the libraries that Qt loads and wheels do not bring.
PACKAGES = (
    "libegl1 libgl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon-x11-0 libxcb-cursor0 "
    "libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1"
)
PROBE = "from qtpy.QtWidgets import QApplication; QApplication([])"


def obstacle() -> str | None:
    """Why no window can open here, with its remedy; None where one can."""
    on_linux = sys.platform.startswith("linux")
    if on_linux and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return (
            "No window can open, because DISPLAY is not set: log in with a desktop or with `ssh -X`, "
            "or use `xvfb-run make gui`."
        )
    # In a process of its own, because Qt ends the process where a library is missing.
    probe = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=False
    )
    if probe.returncode == 0:
        return None
    lines = [line for line in probe.stderr.splitlines() if "Error" in line or "could not" in line]
    reason = lines[0].strip() if lines else f"it ended with {probe.returncode}"
    remedy = f" On Debian or Ubuntu: sudo apt-get install {PACKAGES}" if on_linux else ""
    return (
        f"Qt cannot open a window ({reason}): check the display and the system libraries.{remedy}"
    )


if __name__ == "__main__":
    if reason := obstacle():
        sys.exit(reason)
    plugin = (
        ["-w", "pathoflow", "Review cases"] if importlib.util.find_spec("napari_pathoflow") else []
    )
    sys.exit(subprocess.call([sys.executable, "-m", "napari", *plugin]))
