from __future__ import annotations

import pytest

from pathoflow.report import wording


@pytest.mark.parametrize(
    ("area_um2", "text"),
    [
        (0, "0.00 cm²"),
        (1, "less than 0.01 cm²"),
        (2.31e8, "2.31 cm²"),
        (None, "unknown area"),
    ],
)
def test_square_centimetres(area_um2: float | None, text: str) -> None:
    assert wording.say_area_cm2(area_um2) == text


@pytest.mark.parametrize(
    ("area_um2", "text"),
    [(1234.4, "1,234 µm²"), (5.27e6, "5.27 mm²"), (2e8, "2.00 cm²"), (None, "unknown")],
)
def test_areas_take_the_unit_that_suits_them(area_um2: float | None, text: str) -> None:
    assert wording.say_area(area_um2) == text


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (0.5, "0.500"),
        (0, "0.000"),
        (1, "1.000"),
        (0.0001, "<0.001"),
        (0.99999, ">0.999"),
        (None, "no score"),
    ],
)
def test_scores_never_round_to_certainty(score: float | None, text: str) -> None:
    assert wording.say_score(score) == text


def test_absent_values_are_said() -> None:
    assert wording.say_mm(None) == wording.say_um(None) == wording.say_percent(None) == "unknown"
    assert wording.say_cells(None, None) == "not counted"
    assert wording.say_word(None) == wording.say_word("") == "unknown"


def test_numbers_and_words() -> None:
    assert wording.say_mm(1890.2) == "1.89 mm"
    assert wording.say_um(614.8) == "615 µm"
    assert wording.say_percent(0.338) == "34 %"
    assert wording.say_cells(38, [24, 61]) == "38 (24 to 61)"
    assert wording.say_cells(38, None) == "38"
    assert wording.say_word("peritumoral_near") == "peritumoral near"
    assert wording.say_count(1, "candidate") == "1 candidate"
    assert wording.say_count(1200, "candidate") == "1,200 candidates"
    assert wording.say_count(0, "candidate") == "0 candidates"


def test_lists_are_spoken() -> None:
    assert wording.join_words([]) == ""
    assert wording.join_words(["M0"]) == "M0"
    assert wording.join_words(["M0", "M1", "M2a"]) == "M0, M1 or M2a"


@pytest.mark.parametrize(
    ("started", "finished", "text"),
    [
        ("2026-03-02T21:14:07Z", "2026-03-02T22:16:12Z", "1 h 02 min 05 s"),
        ("2026-03-02T21:14:07+00:00", "2026-03-02T21:14:10Z", "3 s"),
        ("2026-03-02T21:14:07Z", "2026-03-02T21:16:08Z", "2 min 01 s"),
        ("2026-03-02T21:14:07Z", "2026-03-02T21:14:06Z", "unknown"),
        ("2026-03-02T21:14:07", "2026-03-02T21:14:08Z", "unknown"),
        (None, "2026-03-02T21:14:06Z", "unknown"),
    ],
)
def test_durations(started: str | None, finished: str, text: str) -> None:
    assert wording.say_duration(started, finished) == text
