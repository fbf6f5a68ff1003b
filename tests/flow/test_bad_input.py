"""Whatever is wrong at the door: one sentence, an exit code, and nothing left behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pathoflow.networks import find_network

Command = Callable[..., Any]

TISSUE_LIKE = np.full((600, 700, 3), (215, 160, 190), np.uint8)


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder: files with their bytes, folders with None."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


@pytest.fixture
def refused(pathoflow: Command, tmp_path: Path) -> Callable[..., str]:
    """Call a command that must be refused; gives the one sentence."""

    def call(*words: object, code: int) -> str:
        before = tree(tmp_path)
        said = pathoflow(*words)
        assert said.code == code, said.err
        assert said.out == ""
        lines = said.err.splitlines()
        assert len(lines) == 1, said.err
        assert lines[0].startswith("pathoflow: ")
        assert "Traceback" not in said.err
        assert tree(tmp_path) == before
        return lines[0]

    return call


def absent(folder: Path, _slide: Path) -> Path:
    return folder / "nowhere.svs"


def empty(folder: Path, _slide: Path) -> Path:
    path = folder / "empty.svs"
    path.touch()
    return path


def photograph(folder: Path, _slide: Path) -> Path:
    path = folder / "photo.svs"
    Image.fromarray(TISSUE_LIKE).save(path, format="JPEG")
    return path


def truncated(folder: Path, slide: Path) -> Path:
    path = folder / "cut.tiff"
    whole = slide.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    return path


def noise(folder: Path, _slide: Path) -> Path:
    path = folder / "noise.ndpi"
    path.write_bytes(np.random.default_rng(5).bytes(5000))
    return path


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (absent, 2, ("nowhere.svs", "does not exist", "give a slide")),
        (empty, 1, ("empty.svs", "0 bytes", "copy it again", "SLIDE_CORRUPT")),
        (photograph, 1, ("photo.svs", "JPEG picture", "scanner's own file", "SLIDE_CORRUPT")),
        (truncated, 1, ("cut.tiff", "copy it again", "SLIDE_CORRUPT")),
        (noise, 1, ("noise.ndpi", "cannot be opened", "SLIDE_CORRUPT")),
    ],
)
def test_scenario_29_a_file_that_is_no_whole_slide(
    refused: Command,
    tmp_path: Path,
    painted: Path,
    spoil: Callable[[Path, Path], Path],
    code: int,
    words: tuple[str, ...],
) -> None:
    slide = spoil(tmp_path, painted)
    sentence = refused("run", slide, "--out", tmp_path / "out", code=code)
    assert all(word in sentence for word in words), sentence


def test_scenario_01_a_slide_without_scale_asks_for_it(
    refused: Command, make_plain_slide: Command, tmp_path: Path
) -> None:
    slide = make_plain_slide(tmp_path / "silent.tiff", TISSUE_LIKE, mpp=None)
    sentence = refused("run", slide, "--out", tmp_path / "out", code=1)
    assert "silent.tiff" in sentence
    assert "--mpp" in sentence
    assert "MPP_MISSING" in sentence


@pytest.mark.parametrize("mpp", ["0", "-0.5", "50", "nan", "inf"])
def test_a_scale_that_no_scanner_writes(
    refused: Command, make_plain_slide: Command, tmp_path: Path, mpp: str
) -> None:
    slide = make_plain_slide(tmp_path / "silent.tiff", TISSUE_LIKE, mpp=None)
    sentence = refused("run", slide, "--out", tmp_path / "out", "--mpp", mpp, code=2)
    assert f"mpp {float(mpp):g} " in sentence
    assert "0.25 for a 40x" in sentence


def test_an_output_folder_that_cannot_be_written(
    refused: Command, painted: Path, tmp_path: Path
) -> None:
    """A file stands in its way; so it is for everybody, also for those who may write everywhere."""
    (tmp_path / "out").write_text("a file")
    for out in (tmp_path / "out", tmp_path / "out" / "deeper"):
        sentence = refused("run", painted, "--out", out, code=2)
        assert str(out) in sentence
        assert "is a file; choose another folder" in sentence
    spec = tmp_path / "spec.toml"
    spec.write_text('seed = 1\nsize_px = [256, 256]\nmpp = 0.5\nfamily = "test"\n')
    refused("phantom", "make", spec, "--to", tmp_path / "out" / "a.tiff", code=2)
    refused("demo", "--out", tmp_path / "out", code=2)


def test_scenario_50_weights_with_one_flipped_byte(
    refused: Command, painted: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(find_network("vessel-starter"), folder)
    weights = bytearray((folder / "weights.safetensors").read_bytes())
    weights[-1000] ^= 1
    (folder / "weights.safetensors").write_bytes(weights)
    sentence = refused("run", painted, "--out", tmp_path / "out", "--network", folder, code=2)
    assert str(folder) in sentence
    assert "restore the network folder" in sentence
    assert "MODEL_HASH" in sentence
    assert "MODEL_HASH" in refused("networks", "verify", folder, code=2)


@pytest.mark.parametrize(
    "command", [("networks", "show"), ("networks", "verify"), ("run", "SLIDE", "--network")]
)
def test_an_unknown_network_lists_the_known_ones(
    refused: Command, painted: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    words = [painted if word == "SLIDE" else word for word in command]
    out = ("--out", tmp_path / "out") if command[0] == "run" else ()
    sentence = refused(*words, "no-such-net", *out, code=2)
    assert "'no-such-net' is not known" in sentence
    assert "tissue-starter, vessel-starter" in sentence


def test_a_folder_without_slides(refused: Command, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "list.txt").write_text("nothing")
    sentence = refused("run", tmp_path / "notes", "--out", tmp_path / "out", code=2)
    assert "holds no slides" in sentence
    assert ".svs" in sentence


def test_a_folder_that_holds_no_result(
    refused: Command, painted: Path, analysed: Path, tmp_path: Path
) -> None:
    truth = painted.with_suffix(".truth")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "result.json").write_text('{"my": "own"}')
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "result.json").write_text('{"schema": 1, "sta')
    for name, word in (("nowhere", "no result.json"), ("foreign", "not valid"), ("torn", "JSON")):
        for command in (("report",), ("score",)):
            rest = (truth,) if command == ("score",) else ()
            sentence = refused(*command, tmp_path / name, *rest, code=2)
            assert name in sentence
            assert word in sentence


def test_a_truth_that_is_none(refused: Command, analysed: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    (tmp_path / "torn.geojson").write_text('{"type": "Feat')
    (tmp_path / "bare.truth").mkdir()
    for name in ("nowhere.truth", "empty.geojson", "torn.geojson", "bare.truth"):
        assert name in refused("score", analysed, tmp_path / name, code=2)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "cannot read"),
        ("", "is empty"),
        ("case;vessel;dist_edge_um\n", "commas"),
        ("case,vessel,dist_edge_um,n_tumour_cells,location,status\nA,1,-5,3,,accepted\n", "line 2"),
    ],
)
def test_a_table_that_cannot_be_graded(
    refused: Command, tmp_path: Path, content: str | None, word: str
) -> None:
    table = tmp_path / "vessels.csv"
    if content is not None:
        table.write_text(content)
    sentence = refused("grade", table, code=2)
    assert "vessels.csv" in sentence
    assert word in sentence


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        (None, "cannot be read"),
        ("seed = = 1", "not valid TOML"),
        ("seed = 1\nsize_px = [512, 512]\nmpp = 0.5\n", '"family" is missing'),
        ('seed = 1\nsize_px = [512, 512]\nmpp = 0.5\nfamily = "cat"\n', '"cat" is unknown'),
        ('seed = 1\nsize_px = [5, 5]\nmpp = 0.5\nfamily = "test"\n', "cannot be painted"),
    ],
)
def test_a_recipe_that_cannot_be_painted(
    refused: Command, tmp_path: Path, spec: str | None, word: str
) -> None:
    path = tmp_path / "spec.toml"
    if spec is not None:
        path.write_text(spec)
    sentence = refused("phantom", "make", path, "--to", tmp_path / "new" / "a.tiff", code=2)
    assert word in sentence
    assert "spec.toml" in sentence


@pytest.mark.parametrize(
    "words", [("frobnicate",), ("run",), ("run", "a.svs"), ("info", "--jsn"), ("run", "--out")]
)
def test_words_the_command_does_not_know(refused: Command, words: tuple[str, ...]) -> None:
    assert refused(*words, code=2).endswith("See pathoflow --help.")


def test_the_same_in_a_real_pipe(tmp_path: Path) -> None:
    """The interpreter adds nothing of its own: no warnings, no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "pathoflow.cli", "run", "gone.svs", "--out", "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "pathoflow: gone.svs does not exist; give a slide or a folder of slides."
    ]
    assert not list(tmp_path.iterdir())
