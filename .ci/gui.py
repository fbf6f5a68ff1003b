"""Open the viewer, or say in one sentence what this machine lacks for it."""

from __future__ import annotations

import subprocess
import sys

from napari_pathoflow.display import require_display
from pathoflow.errors import EnvironmentFault

if __name__ == "__main__":
    try:
        require_display()
    except EnvironmentFault as fault:
        sys.exit(str(fault))
    plugin = ["-w", "pathoflow", "Review cases"]
    sys.exit(subprocess.call([sys.executable, "-m", "napari", *plugin]))
