# ruff: noqa: RUF001  (Chinese has its own commas, colons and brackets)
import pytest

from pathoflow.mvi.completions import CaseEvidence
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import InvadedVessel, Kind, Location, MuscularWall, TumourBurden
from pathoflow.mvi.language import AnyOf, Language, Sentence, phrase
from pathoflow.mvi.sentences import say
from pathoflow.mvi.systems import SYSTEMS, GradingSystem
from pathoflow.mvi.wording import (
    blank_sentences,
    headline,
    plural,
    spoken_grades,
    spoken_um,
    verdict,
)


def said(system: GradingSystem, case: CaseEvidence, possible: list[str]) -> str:
    return say(headline(system, case, possible))


def asked(system: GradingSystem, case: CaseEvidence) -> list[str]:
    return [say(sentence) for sentence in blank_sentences(system, case)]


def case(*vessels: InvadedVessel, tumour: TumourBurden | None = None) -> CaseEvidence:
    return CaseEvidence.of(vessels, MviCriteria(), tumour)


@pytest.mark.parametrize(
    ("um", "text"),
    [
        (0.0, "0.0 mm"),
        (3_240.0, "3.2 mm"),
        (12_960.0, "13.0 mm"),
        (10_000.0, "10,000 µm"),
        (10_000.1, "10,000.1 µm"),
        (9_999.96, "9,999.96 µm"),
    ],
)
def test_distances_are_spoken_in_mm_except_where_rounding_would_hide_the_side(
    um: float, text: str
) -> None:
    assert spoken_um(um, 10_000.0) == text


def test_near_far_and_unknown_are_each_counted() -> None:
    mixed = case(
        InvadedVessel("a", 200.0),
        InvadedVessel("b", 13_100.0),
        InvadedVessel("c"),
        InvadedVessel("d"),
    )
    assert said(SYSTEMS["NHC"], mixed, ["M2b"]) == (
        "4 invaded vessels, 1 of them within 10 mm of the tumour, 1 of them farther than 10 mm from "
        "the tumour (farthest 13.1 mm), 2 of them at an unknown distance: M2b."
    )


def test_a_side_known_from_the_block_only_is_not_given_a_number() -> None:
    far = case(InvadedVessel("a", location=Location.PERITUMORAL_FAR))
    assert said(SYSTEMS["NHC"], far, ["M2b"]) == (
        "1 invaded vessel, farther than 10 mm from the tumour by location, not measured: M2b."
    )


def test_a_number_never_stands_at_the_side_that_it_does_not_lie_on() -> None:
    mixed = case(InvadedVessel("a", 9_800.0), InvadedVessel("b", location=Location.PERITUMORAL_FAR))
    assert said(SYSTEMS["NHC"], mixed, ["M2b"]) == (
        "2 invaded vessels, 1 of them within 10 mm of the tumour (farthest 9,800 µm), 1 of them farther "
        "than 10 mm from the tumour by location, not measured: M2b."
    )


def test_each_system_speaks_of_what_it_looks_at() -> None:
    vessels = case(
        InvadedVessel(
            "a",
            100.0,
            48,
            muscular_wall=MuscularWall.YES,
            kind=Kind.HEPATIC,
            n_cells_interval=(35, 60),
        ),
        InvadedVessel("b", 100.0),
    )
    assert "48 tumour cells in one vessel (between 35 and 60), 1 not counted" in said(
        SYSTEMS["SNUH"], vessels, ["mild", "severe"]
    )
    assert "1 with a muscular wall, 1 not stated" in said(SYSTEMS["Roayaie"], vessels, ["1"])
    assert "0 portal or capsular and 1 hepatic, 1 neither" in said(
        SYSTEMS["Eguchi"], vessels, ["hepatic"]
    )
    assert said(SYSTEMS["CAP"], vessels, ["present, small vessel"]) == (
        "2 invaded vessels: present, small vessel."
    )


def test_the_stage_says_what_it_takes_for_granted() -> None:
    ajcc = SYSTEMS["AJCC8"]
    assert said(ajcc, case(), ["T1a", "T1b"]) == (
        "No invaded vessel is counted, taken as solitary, size unknown: undetermined, T1a or T1b."
    )
    sized = case(tumour=TumourBurden(20_001.0, 1))
    assert said(ajcc, sized, ["T1b"]) == (
        "No invaded vessel is counted, 1 tumour, largest 20.0 mm (over 20 mm): T1b."
    )


def test_blanks_are_asked_for_only_where_a_system_looks() -> None:
    blank = case(InvadedVessel("a"), InvadedVessel("b", 5.0))
    assert asked(SYSTEMS["Sumie"], blank) == []
    assert asked(SYSTEMS["NHC"], blank)[0].startswith("The distance of 1 vessel is unknown")
    assert asked(SYSTEMS["SNUH"], blank) == ["The tumour cells of 2 vessels are not counted."]
    assert len(asked(SYSTEMS["Roayaie"], blank)) == 2
    assert "neither as a portal" in asked(SYSTEMS["Eguchi"], blank)[0]
    assert asked(SYSTEMS["AJCC8"], blank) == ["The size of the tumour is not stated."]


def test_small_words() -> None:
    assert say(verdict(["M1"])) == "M1"
    assert say(verdict(["M1", "M2a", "M2b"])) == "undetermined, M1, M2a or M2b"
    assert spoken_grades(["M1", "M2"]) == AnyOf(("M1", "M2"))
    assert (plural(1, "vessel"), plural(0, "vessel")) == ("1 vessel", "0 vessels")
    assert say(phrase("left_out", n=1)) == "1 vessel inside the tumour was left out of the count."


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "2 invaded vessels, 1 of them within 10 mm of the tumour (farthest 0.2 mm), 1 of them at an "
            "unknown distance: undetermined, M1 or M2b.",
        ),
        (
            "zh",
            "受侵血管 2 个，其中 1 个距肿瘤 10 mm 以内（最远 0.2 mm），其中 1 个距离不明：未能确定，可能为 M1 或 M2b。",
        ),
    ],
)
def test_one_reason_is_a_sentence_of_the_same_numbers_in_either_language(
    language: Language, text: str
) -> None:
    two = case(InvadedVessel("a", 200.0), InvadedVessel("b"))
    sentence: Sentence = headline(SYSTEMS["NHC"], two, ["M1", "M2b"])
    assert say(sentence, language) == text


def test_words_of_grades_are_translated_and_symbols_stay() -> None:
    assert say(verdict(["mild", "severe"]), "zh") == "未能确定，可能为 轻度 或 重度"
    assert say(verdict(["M2a"]), "zh") == "M2a"
