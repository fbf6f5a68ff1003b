"""How much memory a network takes per pixel that it is shown, from its architecture alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pathoflow.networks.build import build_module

if TYPE_CHECKING:
    from pathoflow.networks.card import NetworkCard

#: What is alive at once, as a multiple of the largest layer's input and output: skip connections wait beside it. Peaks
#: of the bundled networks were 1.5 times, in torch at full precision; OpenVINO and half precision take less.
_ALIVE = 2.0
_SIDE_PX = 128


def bytes_per_pixel(card: NetworkCard) -> float:
    """Bytes per pixel of a tile while the network of ``card`` works on it, in full precision; an estimate from above.

    Layers are followed on torch's meta device, which has shapes and no numbers, so this costs no memory itself.

    Raises
    ------
    NetworkError
        The architecture cannot be built.
    """
    import torch

    with torch.device("meta"):
        module = build_module(card.architecture, len(card.classes)).eval()
    largest = 0

    def see(_: Any, inputs: tuple[Any, ...], output: Any) -> None:
        nonlocal largest
        outputs = output if isinstance(output, tuple | list) else (output,)
        tensors = [t for t in (*inputs, *outputs) if isinstance(t, torch.Tensor)]
        largest = max(largest, sum(t.numel() * t.element_size() for t in tensors))

    for layer in module.modules():
        if next(layer.children(), None) is None:
            layer.register_forward_hook(see)
    with torch.no_grad():
        module(torch.zeros(1, 3, _SIDE_PX, _SIDE_PX, device="meta"))
    return _ALIVE * largest / _SIDE_PX**2
