"""What a slide file says about itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile


@pytest.fixture
def write_slide(tmp_path: Path) -> Callable[..., Path]:
    """Write 300 rows and 500 columns of glass; 20 000 pixels per cm are 0.5 µm per pixel."""

    def write(**tags: Any) -> Path:
        path = tmp_path / "glass.tiff"
        pixels = np.full((300, 500, 3), 240, np.uint8)
        tifffile.imwrite(path, pixels, tile=(128, 128), photometric="rgb", **tags)
        return path

    return write


def test_size_and_scale_are_those_of_the_header(
    pathoflow: Callable[..., Any], write_slide: Callable[..., Path]
) -> None:
    slide = write_slide(resolution=(20000, 20000), resolutionunit=3)
    said = pathoflow("info", slide, "--json")
    assert said.code == 0
    facts = json.loads(said.out)
    assert facts["slide"] == "glass"
    assert facts["size_px"] == [300, 500]
    assert facts["mpp"] == pytest.approx([0.5, 0.5])
    assert facts["mpp_source"] == "header"
    assert facts["levels"][0] == {"size_px": [300, 500], "downsample": [1, 1]}
    assert facts["is_synthetic"] is False


def test_inches_are_understood(
    pathoflow: Callable[..., Any], write_slide: Callable[..., Path]
) -> None:
    # 25 400 µm in an inch, 101 600 pixels in it: 0.25 µm per pixel.
    slide = write_slide(resolution=(101600, 101600), resolutionunit=2)
    assert json.loads(pathoflow("info", slide, "--json").out)["mpp"] == pytest.approx([0.25, 0.25])


def test_the_plain_answer_says_height_before_width(
    pathoflow: Callable[..., Any], write_slide: Callable[..., Path]
) -> None:
    slide = write_slide(resolution=(20000, 20000), resolutionunit=3)
    out = pathoflow("info", slide).out
    assert "300 x 500 px (height x width)" in out
    assert "0.5 x 0.5" in out
    assert "level 0" in out


def test_a_header_without_scale_is_told_with_its_remedy(
    pathoflow: Callable[..., Any], write_slide: Callable[..., Path]
) -> None:
    facts = json.loads(pathoflow("info", write_slide(), "--json").out)
    assert facts["mpp"] is None
    assert "--mpp" in facts["mpp_doubt"]


def test_a_given_scale_is_used(
    pathoflow: Callable[..., Any], write_slide: Callable[..., Path]
) -> None:
    facts = json.loads(pathoflow("info", write_slide(), "--mpp", "0.25", "--json").out)
    assert facts["mpp"] == [0.25, 0.25]
    assert facts["mpp_source"] != "header"


@pytest.mark.parametrize("content", [b"", b"not a slide at all"])
def test_a_file_that_is_no_slide_is_one_line_and_exit_code_1(
    pathoflow: Callable[..., Any], tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "letter.tiff"
    path.write_bytes(content)
    said = pathoflow("info", path)
    assert said.code == 1
    assert "letter.tiff" in said.err
    assert said.err.count("\n") == 1


def test_a_missing_file_is_one_line(pathoflow: Callable[..., Any], tmp_path: Path) -> None:
    said = pathoflow("info", tmp_path / "none.svs")
    assert said.code != 0
    assert "none.svs" in said.err
    assert said.err.count("\n") == 1
