"""Run as ``python -m pathoflow.cli``."""

from pathoflow.cli import main

main()
