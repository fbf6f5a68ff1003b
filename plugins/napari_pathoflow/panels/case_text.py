"""A case in words, as rich text: grade, what remains possible, why, what is missing. Pure: no Qt."""

from __future__ import annotations

from html import escape

from napari_pathoflow.styles import WARNING_COLOUR
from napari_pathoflow.texts import Words
from pathoflow.mvi import LEADING_SYSTEM, Case, Grade


def grade_text(case: Case, words: Words, *, is_signed: bool) -> str:
    """The leading grade, large, with its standing, its possible range and its reasons."""
    grade = case.grade(LEADING_SYSTEM)
    standing = "signed" if is_signed else "ready" if case.is_final else str(case.stage)
    parts = [
        f"<h2>{escape(LEADING_SYSTEM)}: {escape(_shown(grade, words))}</h2>",
        f"<p><b>{escape(words(f'standing.{standing}'))}</b></p>",
    ]
    if not grade.is_determined:
        possible = ", ".join(grade.possible)
        parts.append(f"<p>{escape(words('case.possible'))} <b>{escape(possible)}</b></p>")
    reasons = "".join(f"<p>{escape(words.say(reason))}</p>" for reason in grade.sentences)
    return "".join(parts) + reasons


def systems_text(case: Case, words: Words) -> str:
    """All other systems, one line each."""
    rows = "".join(
        f"<tr><td>{escape(name)}&nbsp;&nbsp;</td><td><b>{escape(_shown(grade, words))}</b></td></tr>"
        for name, grade in case.grades.items()
        if name != LEADING_SYSTEM
    )
    return f"<table>{rows}</table>"


def kinds_text(case: Case, words: Words) -> str:
    """The rows of the structured report: kind of vessel, number, farthest, cells."""
    heads = "".join(
        f"<td><i>{escape(words(key))}&nbsp;</i></td>"
        for key in ("column.kind", "case.number", "case.farthest", "case.most_cells")
    )
    rows = []
    for row in case.kinds:
        if not (row.n or row.n_uncertain):
            continue
        number = f"{row.n}" + (f" (+{row.n_uncertain}?)" if row.n_uncertain else "")
        far = "–" if row.farthest_um is None else f"{row.farthest_um / 1000:.2f} mm"
        cells = "–" if row.box is None else words(f"box.{row.box}")
        cell_texts = (words(f"kind.{row.kind}"), number, far, cells)
        cells_html = "".join(f"<td>{escape(text)}&nbsp;&nbsp;</td>" for text in cell_texts)
        rows.append(f"<tr>{cells_html}</tr>")
    if not rows:
        return escape(words("case.no_kinds"))
    return f"<table><tr>{heads}</tr>{''.join(rows)}</table>"


def sampling_text(case: Case, words: Words) -> str:
    """The seven points: how many are covered, and which are missing."""
    cover = case.completeness
    said = [f"<b>{cover.n_points}/7</b>"]
    said += [escape(words.say(one)) for one in cover.missing]
    return " · ".join(said) if cover.is_complete else _warned("<br>".join(said))


def checklist_text(case: Case, words: Words) -> str:
    """What still keeps the case from being signed; a tick where nothing does."""
    if not case.blockers:
        return f"✓ {escape(words('case.nothing_blocks'))}"
    return "".join(f"<p>□ {escape(note.say(words.language))}</p>" for note in case.blockers)


def remarks_text(case: Case, words: Words) -> str:
    """What must be known beside the grade."""
    return "<br>".join(escape(note.say(words.language)) for note in case.remarks)


def report_text(case: Case, words: Words) -> str:
    """Plain lines for a laboratory's system: grade, counts, sampling, and what this is not."""
    grade = case.grade(LEADING_SYSTEM)
    lines = [
        f"{words('snippet.case')}: {case.id}",
        f"MVI ({LEADING_SYSTEM}): {_shown(grade, words)}",
    ]
    if not grade.is_determined:
        lines.append(f"{words('case.possible')} {', '.join(grade.possible)}")
    for row in case.kinds:
        if row.n:
            far = "–" if row.farthest_um is None else f"{row.farthest_um / 1000:.2f} mm"
            lines.append(f"{words(f'kind.{row.kind}')}: {row.n}, {words('case.farthest')} {far}")
    lines.append(f"{words('snippet.sampling')}: {case.completeness.n_points}/7")
    lines.append(words("banner"))
    return "\n".join(lines)


def _shown(grade: Grade, words: Words) -> str:
    return grade.grade if grade.is_determined else words("word.undetermined")


def _warned(html: str) -> str:
    return f"<span style='color:{WARNING_COLOUR}'>{html}</span>"
