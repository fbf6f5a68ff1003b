from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pathoflow.errors import Code
from pathoflow.store import result_problems, result_schema

Data = dict[str, Any]


def put(*path: Any, value: Any) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return change


def drop(*path: Any) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for step in path[:-1]:
            data = data[step]
        del data[path[-1]]

    return change


BAD: dict[str, tuple[Callable[[Data], None], str]] = {
    "a status of its own": (put("status", value="fine"), "status"),
    "no status": (drop("status"), "top level"),
    "another schema": (put("schema", value=0), "schema"),
    "a section nobody knows": (put("extra", value=1), "top level"),
    "a severity of its own": (put("codes", 0, "severity", value="fatal"), "codes/0/severity"),
    "a code in small letters": (put("codes", 0, "code", value="blur"), "codes/0/code"),
    "a code without words": (put("codes", 0, "message", value=""), "codes/0/message"),
    "a short checksum": (put("slide", "file_sha256", value="ab"), "slide/file_sha256"),
    "no vendor entry": (drop("slide", "vendor"), "slide"),
    "a size in three numbers": (put("slide", "size_px", value=[1, 2, 3]), "slide/size_px"),
    "no scale": (put("slide", "mpp", value=None), "slide/mpp"),
    "a scale of zero": (put("slide", "mpp", value=[0, 0.5]), "slide/mpp/0"),
    "a guessed scale": (put("slide", "mpp_source", value="guess"), "slide/mpp_source"),
    "a negative area": (put("tissue", "area_um2", value=-1), "tissue/area_um2"),
    "half a tumour": (put("tumour", "regions", value=0.5), "tumour/regions"),
    "an id that is no UUID": (put("vessels", 0, "id", value="V1"), "vessels/0/id"),
    "a kind of its own": (put("vessels", 1, "kind", value="vein"), "vessels/1/kind"),
    "a score above one": (put("vessels", 0, "p_mvi", value=1.01), "vessels/0/p_mvi"),
    "half a cell": (put("vessels", 0, "n_tumour_cells", value=1.5), "vessels/0/n_tumour_cells"),
    "truncated perhaps": (put("vessels", 0, "truncated", value=None), "vessels/0/truncated"),
    "a distance by eye": (put("vessels", 0, "dist_method", value="eye"), "vessels/0/dist_method"),
    "the same flag twice": (put("vessels", 0, "flags", value=["a", "a"]), "vessels/0/flags"),
    "a field nobody knows": (put("vessels", 0, "colour", value="red"), "vessels/0"),
    "a line as outline": (
        put("vessels", 0, "outline", "type", value="LineString"),
        "vessels/0/outline/type",
    ),
    "no ring": (put("vessels", 0, "outline", "coordinates", value=[]), "vessels/0/outline"),
    "a ring of three": (
        put("vessels", 0, "outline", "coordinates", value=[[[0, 0], [1, 1], [0, 0]]]),
        "vessels/0/outline/coordinates/0",
    ),
    "a place of three numbers": (
        put("vessels", 0, "outline", "coordinates", 0, 1, value=[1, 2, 3]),
        "vessels/0/outline/coordinates/0/1",
    ),
    "a place in words": (
        put("vessels", 0, "outline", "coordinates", 0, 1, value=["1", "2"]),
        "vessels/0/outline/coordinates/0/1/0",
    ),
    "an open ring": (
        put("vessels", 0, "outline", "coordinates", 0, -1, value=[5, 5]),
        "vessels/0/outline/coordinates/0: the ring is not closed",
    ),
    "a backward interval": (
        put("vessels", 0, "n_tumour_cells_interval", value=[9, 2]),
        "vessels/0/n_tumour_cells_interval",
    ),
    "two vessels of one id": (
        put("vessels", 1, "id", value="3f1d2c0e-8a57-4c3e-9b1e-0d5f6a7b8c9d"),
        "vessels/1/id",
    ),
    "more candidates than vessels": (put("mvi", "n_candidates", value=3), "mvi/n_candidates"),
    "a grade as number": (put("mvi", "systems", "NHC", "grade", value=1), "mvi/systems/NHC/grade"),
    "a grade without reasons": (drop("mvi", "systems", "NHC", "reasons"), "mvi/systems/NHC"),
    "reviewed perhaps": (put("mvi", "reviewed", value=None), "mvi/reviewed"),
    "a network without checksum": (
        drop("provenance", "networks", 0, "sha256"),
        "provenance/networks/0",
    ),
    "a local time": (
        put("provenance", "started_utc", value="2026-01-02T03:04:05+02:00"),
        "provenance/started_utc",
    ),
    "tiles uncounted": (drop("provenance", "tiles", "failed"), "provenance/tiles"),
    "perhaps synthetic": (put("provenance", "synthetic", value=None), "provenance/synthetic"),
}


def test_the_shipped_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(result_schema())


def test_good_results_have_no_problems(result_data: Data, failed_data: Data) -> None:
    assert result_problems(result_data) == []
    assert result_problems(failed_data) == []


@pytest.mark.parametrize("name", BAD)
def test_each_fault_is_named_with_its_place(name: str, result_data: Data) -> None:
    change, place = BAD[name]
    change(result_data)
    problems = result_problems(result_data)
    assert problems
    assert problems[0].startswith(place)


def test_a_failed_slide_says_why(failed_data: Data) -> None:
    failed_data["codes"] = [{"code": "BLUR", "severity": "warning", "message": "soft"}]
    assert result_problems(failed_data)[0].startswith("codes")


def test_further_provenance_is_welcome(result_data: Data) -> None:
    result_data["provenance"] |= {
        "openslide": "4.0.1",
        "bounds_px": {"top": 1, "left": 2, "height": 3, "width": 4},
    }
    assert result_problems(result_data) == []


@pytest.mark.parametrize("code", list(Code))
def test_every_stable_code_can_be_said(code: Code, result_data: Data) -> None:
    result_data["codes"][0]["code"] = str(code)
    assert result_problems(result_data) == []


def test_many_faults_are_counted_rather_than_listed(result_data: Data) -> None:
    for key in (
        "area_um2",
        "equivalent_diameter_um",
        "p_vessel",
        "p_mvi",
        "kind",
        "location",
        "flags",
    ):
        result_data["vessels"][0][key] = -1
    problems = result_problems(result_data)
    assert len(problems) == 6
    assert problems[-1] == "and 2 more"


def test_the_shortcut_for_outlines_agrees_with_the_schema_itself(result_data: Data) -> None:
    validator = Draft202012Validator(result_schema())
    for name, (change, _) in BAD.items():
        data = copy.deepcopy(result_data)
        change(data)
        if not validator.is_valid(data):
            assert result_problems(data), name


def test_long_outlines_cost_little(result_data: Data) -> None:
    ring = [[i, i % 7] for i in range(2000)]
    ring.append(ring[0])
    template = result_data["vessels"][0]
    result_data["vessels"] = [
        {
            **template,
            "id": f"00000000-0000-4000-8000-{i:012d}",
            "outline": {"type": "Polygon", "coordinates": [ring]},
        }
        for i in range(100)
    ]
    started = time.process_time()
    assert result_problems(result_data) == []
    # Vertex by vertex the schema alone would take more than five seconds for these 200,000.
    assert time.process_time() - started < 2.0
