"""The ``pathoflow`` command: each command is a thin caller of the Python API, in a file of its own.

Exit codes: 0 all slides ok (warnings included), 1 some slide failed, 2 usage, 3 environment.
"""

from pathoflow.cli.app import main

__all__ = ["main"]
