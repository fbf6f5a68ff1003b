"""What holds for every test: one thread, no network, a home of its own, the same examples every time."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
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


@pytest.fixture(scope="session")
def made_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, Callable[[Path], None]], Path]:
    """Make a folder once for all workers of a run: ``make`` fills it, whoever comes later waits for it."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def once(name: str, make: Callable[[Path], None]) -> Path:
        folder, lock = base / name, base / f"{name}.lock"
        while not folder.exists():
            try:
                lock.mkdir()
            except FileExistsError:
                time.sleep(0.1)
                continue
            try:
                if not folder.exists():
                    unfinished = tmp_path_factory.mktemp(name)
                    make(unfinished)
                    unfinished.rename(folder)
            finally:
                lock.rmdir()
        return folder

    return once


@pytest.fixture(scope="session")
def painted(made_once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A painted slide, 1.7 x 1.6 mm at 0.5 µm/px: 7 vessels, 2 of them invaded, a tumour of 0.45 mm²; its truth beside it."""
    from pathoflow.phantom import PhantomSpec, make_phantom

    spec = PhantomSpec(
        seed=4, size_px=(3400, 3200), mpp=0.5, family="test", vessels=7, mvi_vessels=2
    )
    return (
        made_once("painted", lambda folder: make_phantom(spec, folder / "liver.tiff"))
        / "liver.tiff"
    )


@pytest.fixture(scope="session")
def analysed(made_once: Callable[[str, Callable[[Path], None]], Path], painted: Path) -> Path:
    """``OUT/liver``: the painted slide after `pathoflow run`; copy it before changing anything."""
    from pathoflow.cli import main

    def run(folder: Path) -> None:
        with pytest.raises(SystemExit) as end:
            main(["run", str(painted), "--out", str(folder)])
        assert end.value.code == 0

    return made_once("analysed", run) / "liver"
