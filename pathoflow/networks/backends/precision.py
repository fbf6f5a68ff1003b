"""What this machine's processor multiplies in."""

from __future__ import annotations

#: Torch's words for instructions that multiply bfloat16: of x86 (AVX-512 and AMX) and of ARM.
_BFLOAT16 = ("avx512_bf16", "amx_bf16", "bf16")


def cpu_has_bfloat16() -> bool:
    """Whether bfloat16 is multiplied by the CPU itself; elsewhere it is emulated, and slower than float32."""
    return bool(bfloat16_instructions())


def bfloat16_instructions() -> list[str]:
    """Which instructions the CPU has for it; none where an older torch cannot tell."""
    import torch

    ask = getattr(torch.cpu, "get_capabilities", None)
    known = ask() if ask else {}
    return [name for name in _BFLOAT16 if known.get(name)]
