from __future__ import annotations

import pytest
import torch

from pathoflow.networks.backends.precision import bfloat16_instructions, cpu_has_bfloat16


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ({}, []),
        ({"avx512_bf16": False, "avx512_f": True}, []),
        ({"avx512_bf16": True, "amx_bf16": True}, ["avx512_bf16", "amx_bf16"]),
        ({"bf16": True, "neon": True}, ["bf16"]),
    ],
)
def test_only_instructions_of_the_cpu_itself_count(
    known: dict[str, bool], found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: known, raising=False)
    assert bfloat16_instructions() == found
    assert cpu_has_bfloat16() is bool(found)


def test_a_torch_that_cannot_tell_means_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert not cpu_has_bfloat16()
