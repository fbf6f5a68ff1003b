from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pathoflow.errors import MppUnknown, UsageError
from pathoflow.space import Box, Mpp, Size
from pathoflow.store import Proposal, Result, ResultFolder, load_result, save_result

Data = dict[str, Any]


def test_what_was_saved_is_loaded_again(tmp_path: Path, result_data: Data) -> None:
    saved = save_result(ResultFolder(tmp_path), result_data)
    assert load_result(tmp_path) == saved == load_result(str(tmp_path))
    assert load_result(tmp_path).data == result_data


def test_the_same_data_gives_the_same_bytes(tmp_path: Path, result_data: Data) -> None:
    save_result(tmp_path, result_data)
    first = (tmp_path / "result.json").read_bytes()
    save_result(tmp_path, load_result(tmp_path).data)
    assert (tmp_path / "result.json").read_bytes() == first
    assert first.endswith(b"}\n")


def test_an_answer_can_be_read_in_words(result_data: Data) -> None:
    result = Result(result_data)
    assert (result.slide_id, result.status) == ("case-7", "ok_with_warnings")
    assert result.codes[0]["code"] == "BLUR"
    assert result.slide_mpp == Mpp(0.5, 0.5)
    assert result.slide_size == Size(40000, 50000)
    assert result.systems == ("NHC", "SNUH")
    assert result.propose("NHC") == Proposal(None, ("M1", "M2b"), ("one distance unknown",))
    assert len(result.vessels.to_pandas()) == 2


def test_a_system_without_a_grade_is_refused_with_those_that_have_one(result_data: Data) -> None:
    with pytest.raises(UsageError, match="no grade in 'Sumie'; it has: NHC, SNUH"):
        Result(result_data).propose("Sumie")


def test_candidates_are_the_first_by_falling_score_equal_ones_by_id(result_data: Data) -> None:
    template = result_data["vessels"][0]
    scores = {"c": 0.9, "a": None, "b": 0.9, "d": 0.95, "e": 0.0}
    result_data["vessels"] = [{**template, "id": name, "p_mvi": p} for name, p in scores.items()]
    result_data["mvi"]["n_candidates"] = 3
    assert [vessel["id"] for vessel in Result(result_data).candidates] == ["d", "b", "c"]


def test_a_failed_slide_has_no_scale_no_size_and_no_candidates(failed_data: Data) -> None:
    result = Result(failed_data)
    assert result.slide_size is None
    assert len(result.candidates) == 0
    with pytest.raises(MppUnknown, match="case-7"):
        _ = result.slide_mpp


def test_bounds_are_a_box_where_the_pipeline_noted_them(result_data: Data) -> None:
    assert Result(result_data).bounds is None
    result_data["provenance"]["bounds_px"] = {"top": 5, "left": 6, "height": 70, "width": 80}
    assert Result(result_data).bounds == Box(5, 6, 70, 80)


def test_a_folder_without_a_result_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no result\.json in .*; give the folder"):
        load_result(tmp_path)


def test_a_result_of_the_future_asks_for_an_update(tmp_path: Path, result_data: Data) -> None:
    (tmp_path / "result.json").write_text(json.dumps({**result_data, "schema": 2, "new": 1}))
    with pytest.raises(UsageError, match="schema 2, this version reads up to 1; update pathoflow"):
        load_result(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"schema": NaN}', '"text"'])
def test_what_is_no_result_is_refused_with_its_path(tmp_path: Path, text: str) -> None:
    (tmp_path / "result.json").write_text(text)
    with pytest.raises(UsageError, match=str(tmp_path / "result.json")):
        load_result(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not valid JSON"):
        load_result(tmp_path)


def test_an_altered_result_is_refused_with_the_place(tmp_path: Path, result_data: Data) -> None:
    result_data["vessels"][0]["p_mvi"] = 2
    (tmp_path / "result.json").write_text(json.dumps(result_data))
    with pytest.raises(UsageError, match="vessels/0/p_mvi: 2 is greater than"):
        load_result(tmp_path)


@pytest.mark.parametrize("area", [-1.0, float("nan"), float("inf")])
def test_a_bad_result_is_not_written_and_the_old_one_stays(
    tmp_path: Path, result_data: Data, area: float
) -> None:
    save_result(tmp_path, result_data)
    before = (tmp_path / "result.json").read_bytes()
    result_data["tissue"]["area_um2"] = area
    with pytest.raises(UsageError, match="nothing was written"):
        save_result(tmp_path, result_data)
    assert (tmp_path / "result.json").read_bytes() == before
