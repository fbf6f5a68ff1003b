"""How the command speaks of what went wrong: one sentence, and on request where it happened."""

from __future__ import annotations

import os
import sys
import traceback


def say(message: str) -> None:
    """One sentence on standard error, in one line, whatever line ends the message has."""
    print(f"pathoflow: {' '.join(message.split())}", file=sys.stderr, flush=True)


def say_where(error: BaseException) -> None:
    """With --debug, the traceback of ``error``."""
    if os.environ.get("PATHOFLOW_DEBUG"):
        traceback.print_exception(error)
