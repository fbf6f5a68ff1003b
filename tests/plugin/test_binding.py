"""The Qt binding that is installed can be worked with."""

from __future__ import annotations

import pytest

from napari_pathoflow import binding
from napari_pathoflow.binding import references_lost, require_sound_binding
from pathoflow.errors import EnvironmentFault


def test_the_installed_binding_loses_no_references() -> None:
    assert references_lost() < 20, "install again (make setup): PySide6-Essentials 6.12.0 is broken"


def test_a_binding_that_loses_them_is_refused_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(binding, "references_lost", lambda: 200)
    with pytest.raises(EnvironmentFault, match=r"PySide6-Essentials!=6\.12\.0"):
        require_sound_binding()
    monkeypatch.setattr(binding, "references_lost", lambda: 0)
    require_sound_binding()
