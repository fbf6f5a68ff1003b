"""The promises of conftest.py itself."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest
import torch


def test_torch_works_with_one_thread() -> None:
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0)])
def test_a_foreign_host_is_refused_at_once(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with (
        socket.socket(family, socket.SOCK_STREAM) as door,
        pytest.raises(ConnectionRefusedError, match="no network"),
    ):
        door.connect(address)


def test_this_machine_may_talk_to_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answers: list[bytes] = []

        def listen() -> None:
            caller, _ = server.accept()
            with caller:
                answers.append(caller.recv(5))

        listener = threading.Thread(target=listen)
        listener.start()
        with socket.create_connection(server.getsockname()) as caller:
            caller.sendall(b"hello")
        listener.join(timeout=10)
    assert answers == [b"hello"]


def test_home_is_empty_and_not_the_users() -> None:
    assert "pytest" in str(Path.home())
    assert Path(os.environ["XDG_CONFIG_HOME"]).parent == Path.home()
