"""Many slides in one go: each ends with exactly one status, and none stops the others."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from pathoflow.phantom import FileLayout, PhantomSpec, write_slide
from pathoflow.store import load_result

Command = Callable[..., Any]


def small_slide(path: Path, seed: int) -> Path:
    """Liver without a tumour, 0.7 mm wide: small, but a slide like any other."""
    spec = PhantomSpec(
        seed=seed, size_px=(1400, 1400), mpp=0.5, family="test", tumour=False, mvi_vessels=0
    )
    write_slide(spec, path)
    return path


def short_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def rows(out: Path) -> dict[str, dict[str, str]]:
    with (out / "slides.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    assert len({row["slide"] for row in listed}) == len(listed)
    return {row["slide"]: row for row in listed}


def test_bad_slides_do_not_stop_the_good_ones(
    pathoflow: Command, make_plain_slide: Command, tmp_path: Path
) -> None:
    """A folder as it comes from a scanner.

    1. Two different slides share a name, one is cut off, one does not say its scale, one is fluorescence, one is glass.
    2. The command goes through all of them and ends with 1, because some failed.
    3. The good ones are done, each under an id of its own.
    4. `slides.csv` holds one row and one status for each, with the code that says why.
    5. What could be opened has a report, also where it failed; nowhere does a failed slide say "0".
    6. Running again on the mixed folder gives the same table.
    """
    slides, out = tmp_path / "slides", tmp_path / "out"
    one = small_slide(slides / "monday" / "a.tiff", seed=1)
    two = small_slide(slides / "tuesday" / "a.tiff", seed=2)
    cut = slides / "cut.tiff"
    cut.write_bytes(one.read_bytes()[:20_000])
    glass = np.full((1200, 1200, 3), 243, np.uint8)
    make_plain_slide(slides / "glass.tiff", glass)
    make_plain_slide(slides / "silent.tiff", glass, mpp=None)
    dark = np.random.default_rng(3).poisson(9, (1200, 1200, 3)).astype(np.uint8)
    dark[300:900, 300:900, 2] += 90
    make_plain_slide(slides / "dapi.tiff", dark)
    before = {path: path.read_bytes() for path in slides.rglob("*") if path.is_file()}

    said = pathoflow("run", slides, "--out", out, "--json")
    assert said.code == 1
    assert "Traceback" not in said.err
    answered = {one["file"]: one for one in json.loads(said.out)}
    assert len(answered) == 6

    good = {f"a-{short_hash(one)}": one, f"a-{short_hash(two)}": two}
    for slide_id, path in good.items():
        assert answered[str(path)]["slide"] == slide_id
        result = load_result(out / slide_id)
        assert result.status in ("ok", "ok_with_warnings")
        assert result.data["slide"]["file_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()

    listed = rows(out)
    codes = {name: row["codes"].split() for name, row in listed.items()}
    assert set(listed) == {*good, "cut", "glass", "silent", "dapi"}
    failed = {name for name, row in listed.items() if row["status"] == "failed"}
    assert failed == {"cut", "glass", "silent", "dapi"}
    assert codes["cut"] == ["SLIDE_CORRUPT"]
    assert codes["silent"] == ["MPP_MISSING"]
    assert "OOD_STAIN" in codes["dapi"]
    assert "NO_TISSUE" in codes["glass"]
    assert all(listed[name]["message"] for name in failed)

    assert {path.name for path in out.iterdir()} == {*good, "glass", "dapi", "slides.csv"}
    for name in ("glass", "dapi"):
        result = load_result(out / name)
        assert result.status == "failed"
        assert result.data["mvi"]["n_candidates"] is None
        assert result.systems == ()
        page = (out / name / "report.html").read_text("utf-8")
        assert "Failed" in page
        assert codes[name][0] in page

    first = (out / "slides.csv").read_bytes()
    assert pathoflow("run", slides, "--out", out).code == 1
    assert (out / "slides.csv").read_bytes() == first
    assert {path: path.read_bytes() for path in slides.rglob("*") if path.is_file()} == before


def test_fail_fast_stops_at_the_first_failure(
    pathoflow: Command, make_plain_slide: Command, tmp_path: Path
) -> None:
    glass = np.full((600, 600, 3), 243, np.uint8)
    for name in ("a", "b"):
        make_plain_slide(tmp_path / "slides" / f"{name}.tiff", glass, mpp=None)
    said = pathoflow("run", tmp_path / "slides", "--out", tmp_path / "out", "--fail-fast")
    assert said.code == 1
    assert [line.split(": ")[1] for line in said.err.splitlines()] == [
        str(tmp_path / "slides" / "a.tiff")
    ]
    assert not (tmp_path / "out").exists()


def test_a_stated_scale_lets_a_silent_slide_in_and_is_named_as_the_source(
    pathoflow: Command, tmp_path: Path
) -> None:
    """1. Without a scale it is refused. 2. With --mpp it is measured, and the result says who stated it."""
    spec = PhantomSpec(
        seed=3,
        size_px=(1700, 1700),
        mpp=0.5,
        family="test",
        vessels=2,
        tumour=False,
        file=FileLayout(mpp_in_header=False),
    )
    slide, out = tmp_path / "silent.tiff", tmp_path / "out"
    write_slide(spec, slide)
    assert pathoflow("run", slide, "--out", out).code == 1
    assert not out.exists()
    assert pathoflow("run", slide, "--out", out, "--mpp", "0.5").code == 0
    result = load_result(out / "silent")
    assert result.data["slide"]["mpp_source"] == "user"
    assert result.data["slide"]["mpp"] == [0.5, 0.5]
    # The slide has 0.7225 mm², and the tissue is most but not all of it.
    assert 0.36e6 < result.data["tissue"]["area_um2"] < 0.7225e6
    assert all(v["dist_edge_um"] is None for v in result.vessels)
    assert "NO_TUMOUR" in {code["code"] for code in result.codes}
