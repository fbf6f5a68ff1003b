"""What holds for every test: one thread, no network, a home of its own, the same examples every time."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# Set before torch or numpy is first imported, so this costs nothing where neither is used. Workers of pytest-xdist
# and the subprocesses of a test inherit it.
for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"
# A window is never opened; tests that need a real canvas ask for a display themselves.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# derandomize: a red test is red for everybody. No deadline: a shared machine may be slow at any moment.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("house")

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


def _refuse_foreign(address: object) -> None:
    host = address[0] if isinstance(address, tuple) else ""
    if isinstance(host, str) and host and not host.startswith(_LOOPBACK):
        raise ConnectionRefusedError(f"tests use no network, but one wants to connect to {host}")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every connection except to this machine itself."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_connect(self: socket.socket, address: object) -> None:
        _refuse_foreign(address)
        connect(self, address)  # type: ignore[arg-type]

    def guarded_connect_ex(self: socket.socket, address: object) -> int:
        _refuse_foreign(address)
        return connect_ex(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the run an empty home, so that nobody's settings are read or written."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "USERPROFILE"):
            patch.setenv(name, str(home))
        for name in ("CONFIG", "CACHE", "DATA", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        yield home
