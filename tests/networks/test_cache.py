from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pathoflow.networks.cache import cache_folder


@pytest.mark.skipif(sys.platform != "linux", reason="XDG folders are Linux's")
def test_the_cache_lies_where_the_system_wants_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "pathoflow"
    assert not cache_folder().exists()


@pytest.mark.skipif(sys.platform != "linux", reason="XDG folders are Linux's")
def test_without_a_word_it_lies_in_the_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "pathoflow"
