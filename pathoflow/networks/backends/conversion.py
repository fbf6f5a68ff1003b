"""From a torch module to OpenVINO's files, made once per network and kept in the cache folder."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pathoflow.errors import EnvironmentFault
from pathoflow.networks.backends.openvino import OpenVinoBackend, import_openvino
from pathoflow.networks.backends.whole import Whole
from pathoflow.networks.card import NetworkCard

_log = logging.getLogger(__name__)

#: Changes whenever `Whole` or the conversion does, so that older files are not taken for today's.
_VERSION = 1
_FILES = ("model.xml", "model.bin")
_SUMS = "sha256.json"
#: Side of the example that is traced, the smallest that every architecture takes, and of the one that is checked.
_TRACED_PX, _CHECKED_PX = 128, 192
#: Grey levels that rounding may differ by.
_LEVELS = 1


def converted(whole: Whole, card: NetworkCard, cache: Path) -> Any:
    """The ``openvino.Model`` of ``whole``, from ``cache`` where it was made before; its height and width are open.

    Raises
    ------
    EnvironmentFault
        OpenVINO cannot convert this network, or what it made of it answers differently.
    """
    openvino = import_openvino()
    folder = cache / "openvino" / _key(card, openvino.__version__)
    if _is_sound(folder):
        return openvino.Core().read_model(folder / "model.xml")
    model = _convert(whole, card)
    _check(model, whole, card)
    try:
        _keep(model, folder)
    except OSError as error:
        _log.warning(
            "%s cannot be written (%s): %s is converted anew each time",
            folder,
            error.strerror,
            card.name,
        )
        return model
    return openvino.Core().read_model(folder / "model.xml")


def _key(card: NetworkCard, version: str) -> str:
    """Everything that decides what the files hold."""
    parts = [_VERSION, version, card.weights_sha256, asdict(card.architecture),
             asdict(card.normalisation), len(card.classes)]  # fmt: skip
    return (
        f"{card.name}-{hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]}"
    )


def _convert(whole: Whole, card: NetworkCard) -> Any:
    """Trace and translate; the public ``convert_model`` does the same, but reports its use to OpenVINO's makers."""
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    example = torch.zeros(1, _TRACED_PX, _TRACED_PX, 3, dtype=torch.uint8)
    try:
        # Tracing warns of every check of sizes in the network, and that it is an old way.
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            decoder = TorchScriptPythonDecoder(whole, example_input=(example,))
            translator = FrontEndManager().load_by_framework("pytorch")
            return translator.convert(translator.load(decoder))
    except RuntimeError as error:
        raise EnvironmentFault(
            f"OpenVINO cannot convert network {card.name!r}: {str(error).strip().splitlines()[0]} "
            "Use the backend torch."
        ) from error


def _check(model: Any, whole: Whole, card: NetworkCard) -> None:
    """Raise unless the converted network answers like the original at a size that was not traced."""
    shape = (1, _CHECKED_PX, _TRACED_PX, 3)
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    with torch.inference_mode():
        expected = whole(torch.from_numpy(pixels))[0].numpy()
    backend = OpenVinoBackend("openvino", "float32", model, torch.get_num_threads())
    found = backend.start(pixels)().maps
    worst = (
        int(np.abs(found.astype(np.int16) - expected).max())
        if found.shape == expected.shape
        else 255
    )
    if worst > _LEVELS:
        raise EnvironmentFault(
            f"network {card.name!r} as converted by OpenVINO answers differently, by {worst} of 255 grey levels; "
            "use the backend torch."
        )


def _keep(model: Any, folder: Path) -> None:
    """Write the files under another name and rename their folder: nobody reads half a model."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unfinished-") as unfinished:
        made = Path(unfinished) / folder.name
        made.mkdir()
        # Weights stay float32: halved, they would no longer be those that were checked.
        import_openvino().save_model(model, made / "model.xml", compress_to_fp16=False)
        (made / _SUMS).write_text(json.dumps(_sums(made)), "utf-8")
        if not _is_sound(folder):
            shutil.rmtree(folder, ignore_errors=True)
        try:
            made.rename(folder)
        except OSError:
            # Another process may have been quicker with the same.
            if not _is_sound(folder):
                raise


def _sums(folder: Path) -> dict[str, str]:
    return {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in _FILES}


def _is_sound(folder: Path) -> bool:
    """Whether the files are there and are those that were written."""
    try:
        return bool(_sums(folder) == json.loads((folder / _SUMS).read_text("utf-8")))
    except (OSError, ValueError):
        return False
