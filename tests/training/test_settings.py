from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import pathoflow.networks
from pathoflow.errors import UsageError
from pathoflow.training import load_settings

CONFIG = """
name = "tiny"
version = "0"
title = "Tiny"
target = "vessel"
mpp = 4.0
halo_px = 32
threshold = 0.5
encoder_origin = "nowhere"
encoder_sha256 = "00"
licence = "MIT"
limits = ["Tests only."]

[architecture]
builder = "Unet"
encoder = "resnet18"
arguments = { encoder_depth = 3, decoder_channels = [4, 4, 4] }

[data]
train_seeds = [1, 2]
validation_seeds = [3]
slide_mpp = 0.5
patch_px = 1536
bank_mpp = 2.0

[schedule]
steps = 10
crop_px = 96
"""


def refusal(folder: Path, pattern: str = "", line: str = "") -> str:
    """What is said of the config above after the line that matches ``pattern`` was replaced."""
    path = folder / "train.toml"
    text, n = re.subn(f"(?m)^{pattern}.*$", line, CONFIG)
    assert n == 1
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError) as caught:
        load_settings(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_a_config_becomes_settings_with_defaults_filled_in(tmp_path: Path) -> None:
    (tmp_path / "train.toml").write_text(CONFIG, "utf-8")
    settings = load_settings(tmp_path / "train.toml")
    assert settings.architecture.arguments == {"encoder_depth": 3, "decoder_channels": [4, 4, 4]}
    assert settings.data.train_seeds == (1, 2)
    assert settings.data.slide_px == 12000
    assert (settings.schedule.steps, settings.schedule.batch) == (10, 8)
    assert settings.limits == ("Tests only.",)


@pytest.mark.parametrize("name", ["vessel-starter", "tumour-starter"])
def test_the_bundled_configs_are_allowed_and_name_their_own_folder(name: str) -> None:
    path = Path(pathoflow.networks.__file__).parent / "bundled" / name / "train.toml"
    assert load_settings(path).name == name == tomllib.loads(path.read_text("utf-8"))["name"]


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.toml cannot be read: No such file"):
        load_settings(tmp_path / "nothing.toml")


def test_what_is_not_toml_is_said(tmp_path: Path) -> None:
    assert "is not TOML" in refusal(tmp_path, "mpp", "mpp = ")
    (tmp_path / "picture.toml").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(UsageError, match="is not TOML"):
        load_settings(tmp_path / "picture.toml")


@pytest.mark.parametrize(
    ("pattern", "line", "said"),
    [
        ("mpp", "mpp = 4.0\ncolour = 1", "unknown key colour"),
        ("steps", "steps = 10\nlearnig_rate = 0.1", "unknown key learnig_rate @ $.schedule"),
        ("licence", "", "licence is missing"),
        ("steps", "", "steps is missing @ $.schedule"),
        ("target", 'target = "duct"', "duct"),
        ("limits", 'limits = "one"', "'one' is not a list"),
        ("mpp", 'mpp = "4"', "'4' is not of type float"),
        ("train_seeds", "train_seeds = [1.5]", "1.5 is not of type int"),
    ],
)
def test_keys_that_do_not_fit_are_named(tmp_path: Path, pattern: str, line: str, said: str) -> None:
    assert said in refusal(tmp_path, pattern, line)


@pytest.mark.parametrize(
    ("pattern", "line", "said"),
    [
        ("train_seeds", "train_seeds = []", "needs train_seeds"),
        ("validation_seeds", "validation_seeds = [2, 9]", "seeds [2] are in both"),
        ("steps", "steps = 1", "schedule.steps must be at least 2"),
        ("steps", "steps = 10\nbatch = 0", "schedule.batch must be at least 1"),
        ("steps", "steps = 10\nema = 1.0", "schedule.ema"),
        ("threshold", "threshold = 1.0", "threshold"),
        ("mpp", "mpp = 0.0", "must be positive"),
        # Averaging needs whole numbers: 3 µm from 2, 1 µm from 2, 2 µm from 0.75.
        ("mpp", "mpp = 3.0", "mpp 3 must be a whole multiple of 2"),
        ("mpp", "mpp = 1.0", "mpp 1 must be a whole multiple of 2"),
        ("slide_mpp", "slide_mpp = 0.75", "data.bank_mpp 2 must be a whole multiple of 0.75"),
        # 1500 px at 0.5 µm are 187.5 px at 4 µm; 1600 are 200, no multiple of 32.
        ("patch_px", "patch_px = 1500", "data.patch_px 1500 must be a multiple of 32"),
        ("patch_px", "patch_px = 1600", "data.patch_px 1600 must be a multiple of 32"),
        ("crop_px", "crop_px = 100", "schedule.crop_px 100 must be a multiple of 32 up to 192"),
        ("crop_px", "crop_px = 224", "schedule.crop_px 224 must be a multiple of 32 up to 192"),
    ],
)
def test_values_that_do_not_go_together_are_refused(
    tmp_path: Path, pattern: str, line: str, said: str
) -> None:
    assert said in refusal(tmp_path, pattern, line)
