"""Scores as lines of text; every line of painted slides says that it is synthetic, and of what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pathoflow.mvi.wording import plural
from pathoflow.pipeline.scoring.origin import origin_label

_NOTHING = "nothing to measure"
_ORIGIN = {"data", "synthetic", "generator_version", "seed", "family"}
_WIDTH = 42


def slide_lines(figures: Mapping[str, Any]) -> list[str]:
    """One line per figure of one slide, from its JSON."""
    lines = []
    for name, value in figures.items():
        if name == "reliability":
            lines += _reliability(value)
        elif name not in _ORIGIN:
            lines.append(f"{_words(name):{_WIDTH}} {_text(value)}")
    return _marked(lines, figures)


def cohort_lines(score: Mapping[str, Any]) -> list[str]:
    """Counts, figures with intervals, grades, cases and what was not scored, from the JSON."""
    lines = [f"{_words(name):{_WIDTH}} {value}" for name, value in score["counts"].items()]
    about = score["intervals"]
    level = f"{100 * about['level']:g} % interval"
    lines.append(f"{'figure':{_WIDTH}} {'value':>8}  {level}, {about['method']}")
    if about["caution"]:
        lines.append(f"caution: {about['caution']}")
    for name, one in score["figures"].items():
        if not name.startswith("score_true_share"):
            lines.append(f"{_words(name):{_WIDTH}} {_with_interval(one)}")
    lines += _reliability(score["reliability"])
    lines += _grade_table(score["grade_table"])
    lines += [
        f"case {case['case']}: {plural(len(case['slides']), 'slide')}, invaded vessels {case['mvi_true']} "
        f"true, {case['mvi_called']} called; grade {_grade(case, 'true')} true, "
        f"{_grade(case, 'proposed')} proposed"
        for case in score["cases"]
    ]
    lines += [f"not scored: {one['slide']} {one['reason']}" for one in score["not_scored"]]
    return _marked(lines, score)


def _marked(lines: Sequence[str], known: Mapping[str, Any]) -> list[str]:
    label = origin_label(known)
    return [f"{line}  [{label}]" for line in lines] if label else list(lines)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return _NOTHING if value is None else str(value)


def _with_interval(one: Mapping[str, float | None]) -> str:
    if one["value"] is None:
        return _NOTHING
    interval = "" if one["low"] is None else f"  {one['low']:.3f} to {one['high']:.3f}"
    return f"{one['value']:8.3f}{interval}"


def _reliability(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"{'score ' + format(row['low'], 'g') + ' to ' + format(row['high'], 'g'):{_WIDTH}} "
        f"{plural(row['n'], 'vessel')}, mean score {row['mean_score']:.3f}, truly invaded {row['true_share']:.3f}"
        for row in rows
        if row["n"]
    ]


def _grade_table(table: Mapping[str, Any]) -> list[str]:
    grades = table["grades"]
    rows = zip(grades, table["true_by_proposed"], strict=True)
    head = "grade true by proposed"
    return [
        f"{head:{_WIDTH}} {' '.join(f'{grade:>5}' for grade in grades)}",
        *(f"{grade:>{_WIDTH}} {' '.join(f'{n:>5}' for n in row)}" for grade, row in rows),
    ]


def _grade(case: Mapping[str, Any], which: str) -> str:
    possible = case[f"grade_{which}_possible"]
    grade = str(case[f"grade_{which}"])
    return grade if len(possible) == 1 else f"{grade} ({', '.join(possible)})"
