"""Whether the installed Qt binding can be trusted for an hour's work.

PySide6 6.12.0 gives away a reference to None with every call that returns nothing. Before Python 3.12, where None cannot
be freed, a window ends without a word after some ten thousand such calls: a minute of scrolling.
"""

from __future__ import annotations

import sys

import qtpy
from qtpy.QtCore import QObject

from pathoflow.errors import EnvironmentFault

_CALLS = 200


def references_lost() -> int:
    """How many references to None two hundred calls of Qt cost; about none where the binding is sound."""
    probe = QObject()
    before = sys.getrefcount(None)
    for _ in range(_CALLS):
        probe.setObjectName("probe")
    return before - sys.getrefcount(None)


def require_sound_binding() -> None:
    """Refuse to open a window that would end in the middle of a review.

    Raises
    ------
    EnvironmentFault
        The binding loses references.
    """
    if references_lost() > _CALLS // 2:
        raise EnvironmentFault(
            f"{qtpy.API_NAME} {qtpy.PYSIDE_VERSION or qtpy.PYQT_VERSION} would end the window after a minute on this Python "
            "(it loses references); install another: pip install 'PySide6-Essentials!=6.12.0'"
        )
