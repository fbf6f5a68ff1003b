"""Whether a window can open on this machine: Qt itself ends the process where it cannot, without a word for people."""

from __future__ import annotations

import os
import subprocess
import sys

from pathoflow.errors import EnvironmentFault

#: Debian and Ubuntu names of the libraries that Qt loads and wheels do not bring.
PACKAGES = (
    "libegl1 libgl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon-x11-0 libxcb-cursor0 "
    "libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1"
)
_PROBE = "from qtpy.QtWidgets import QApplication; QApplication([])"


def require_display() -> None:
    """Refuse to begin where no window can open.

    Raises
    ------
    EnvironmentFault
        There is no display, or a system library is missing; the sentence holds the remedy.
    """
    on_linux = sys.platform.startswith("linux")
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if on_linux and not any(os.environ.get(name) for name in screens):
        raise EnvironmentFault(
            "no window can open, because DISPLAY is not set: log in with a desktop or with `ssh -X`, "
            "or put `xvfb-run` before the command"
        )
    # In a process of its own, because Qt ends the process where a library is missing.
    probe = subprocess.run(
        [sys.executable, "-c", _PROBE], capture_output=True, text=True, check=False
    )
    if probe.returncode == 0:
        return
    lines = [line for line in probe.stderr.splitlines() if "Error" in line or "could not" in line]
    reason = lines[0].strip() if lines else f"it ended with {probe.returncode}"
    remedy = f". On Debian or Ubuntu: sudo apt-get install {PACKAGES}" if on_linux else ""
    raise EnvironmentFault(
        f"Qt cannot open a window ({reason}): check the display and the system libraries{remedy}"
    )
