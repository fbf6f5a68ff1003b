from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from pathoflow.errors import Code, NetworkError
from pathoflow.networks import load_card
from pathoflow.networks.weights import load_weights, save_weights, verify_weights, weights_sha256


def module(seed: int = 0, channels: int = 5) -> nn.Module:
    draw = torch.Generator().manual_seed(seed)
    made = nn.Sequential(nn.Conv2d(3, channels, 3), nn.BatchNorm2d(channels))
    for tensor in made.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(torch.rand(tensor.shape, generator=draw) + 0.1)
    return made


def test_the_checksum_is_that_of_the_file(make_folder: Callable[..., Path]) -> None:
    folder = make_folder(module())
    expected = hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()
    assert weights_sha256(folder) == expected == load_card(folder).weights_sha256


def test_weights_are_stored_as_float16_and_counters_as_they_are(
    make_folder: Callable[..., Path],
) -> None:
    stored = load_file(make_folder(module()) / "weights.safetensors")
    kinds = {key: value.dtype for key, value in stored.items()}
    assert kinds.pop("1.num_batches_tracked") == torch.int64
    assert set(kinds.values()) == {torch.float16}


def test_loaded_weights_are_close_to_those_saved(make_folder: Callable[..., Path]) -> None:
    made, other = module(), module(1)
    folder = make_folder(made)
    load_weights(other, folder, load_card(folder))
    for name, tensor in other.state_dict().items():
        assert tensor.dtype == made.state_dict()[name].dtype
        # Eleven bits of mantissa: half a unit in the last place.
        torch.testing.assert_close(tensor, made.state_dict()[name], rtol=2**-11, atol=0)


def test_a_number_too_large_for_float16_survives(make_folder: Callable[..., Path]) -> None:
    made = module()
    made.state_dict()["1.running_var"].fill_(1e6)
    folder = make_folder(made)
    other = module(1)
    load_weights(other, folder, load_card(folder))
    assert other.state_dict()["1.running_var"].tolist() == [1e6] * 5


@pytest.mark.parametrize("where", [0, 100, -1])
def test_one_flipped_byte_is_found(make_folder: Callable[..., Path], where: int) -> None:
    folder = make_folder(module())
    path = folder / "weights.safetensors"
    altered = bytearray(path.read_bytes())
    altered[where] ^= 1
    path.write_bytes(bytes(altered))
    with pytest.raises(NetworkError, match="are not those of its card") as caught:
        load_weights(module(), folder, load_card(folder))
    assert caught.value.code is Code.MODEL_HASH
    assert str(folder) in str(caught.value)


def test_untouched_weights_pass(make_folder: Callable[..., Path]) -> None:
    folder = make_folder(module())
    verify_weights(folder, load_card(folder))


def test_missing_weights_are_named(make_folder: Callable[..., Path]) -> None:
    folder = make_folder(module())
    (folder / "weights.safetensors").unlink()
    with pytest.raises(NetworkError, match=r"weights\.safetensors cannot be read: No such file"):
        verify_weights(folder, load_card(folder))


def test_weights_of_another_architecture_are_refused(make_folder: Callable[..., Path]) -> None:
    folder = make_folder(module())
    with pytest.raises(NetworkError, match="do not fit") as caught:
        load_weights(module(channels=6), folder, load_card(folder))
    assert "size mismatch for 0.weight" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_weights_that_lack_a_tensor_are_refused(make_folder: Callable[..., Path]) -> None:
    folder = make_folder(nn.Sequential(nn.Conv2d(3, 5, 3)))
    with pytest.raises(NetworkError, match="Missing key"):
        load_weights(module(), folder, load_card(folder))


def test_a_file_that_is_no_safetensors_is_refused_even_if_its_checksum_is_right(
    make_folder: Callable[..., Path],
) -> None:
    junk = b"\x80\x04junk, perhaps a pickle"
    folder = make_folder(module(), weights_sha256=hashlib.sha256(junk).hexdigest())
    (folder / "weights.safetensors").write_bytes(junk)
    with pytest.raises(NetworkError, match="is not a safetensors file"):
        load_weights(module(), folder, load_card(folder))


def test_tensors_that_are_views_are_saved_whole(tmp_path: Path) -> None:
    made = nn.Conv2d(4, 3, 3).to(memory_format=torch.channels_last)
    save_weights(made, tmp_path)
    stored = load_file(tmp_path / "weights.safetensors")["weight"]
    expected = made.weight.detach().half()
    assert np.array_equal(stored.numpy(), expected.numpy())


def test_weights_may_be_read_by_whoever_may_read_new_files(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    save_weights(module(), tmp_path)
    modes = [(tmp_path / name).stat().st_mode for name in ("plain", "weights.safetensors")]
    assert modes[0] == modes[1]


def test_full_precision_weights_of_others_are_read_too(
    make_folder: Callable[..., Path], tmp_path: Path
) -> None:
    made = module()
    save_file({k: v.contiguous() for k, v in made.state_dict().items()}, tmp_path / "full")
    content = (tmp_path / "full").read_bytes()
    folder = make_folder(made, weights_sha256=hashlib.sha256(content).hexdigest())
    (folder / "weights.safetensors").write_bytes(content)
    other = module(1)
    load_weights(other, folder, load_card(folder))
    assert torch.equal(other.state_dict()["0.weight"], made.state_dict()["0.weight"])
