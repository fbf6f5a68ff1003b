"""The report page: sections of plain values, put into one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pathoflow.report.album import load_pictures
from pathoflow.report.answer import answer_of
from pathoflow.report.both import Both, both, same, word
from pathoflow.report.gallery import hang_gallery
from pathoflow.report.overview import draw_overview
from pathoflow.report.pictures import Pictures
from pathoflow.report.plots import HEIGHT, WIDTH, draw_plots
from pathoflow.report.provenance import trace_origin
from pathoflow.report.quality import code_rows, draw_quality
from pathoflow.report.ranking import rank_vessels
from pathoflow.report.table import tabulate
from pathoflow.report.texts import TEXTS
from pathoflow.store import ResultFolder, load_result, write_text

#: Not a setting: every page carries it, in both languages.
RESEARCH_USE = both("notice").en


@dataclass(frozen=True, slots=True)
class Status:
    """The slide's one status; ``name`` is the stored word and chooses the badge's shape."""

    name: str
    label: Both
    sentence: Both


def render_page(result: Mapping[str, Any], pictures: Pictures | None) -> str:
    """Render the page of one slide.

    Parameters
    ----------
    result
        The content of ``result.json``; parts that a failed slide lacks may be absent or null.
    pictures
        Overview, gallery and outlines; without them the page has words and tables only, and says so.

    Returns
    -------
    str
        HTML that needs nothing but itself; the same input gives the same text.
    """
    template = environment().get_template("slide.html.j2")
    return template.render(**frame_of(result), **slide_sections(result, pictures))


def write_report(folder: ResultFolder) -> Path:
    """Write ``report.html`` of a result folder from what is stored there, and return its path.

    Raises
    ------
    UsageError
        There is no valid result in the folder.
    NoSpace, EnvironmentFault
        The folder cannot be written; an older page stays.
    """
    result = load_result(folder).data
    write_text(folder.report_html, render_page(result, load_pictures(folder.analysis)))
    return folder.report_html


def frame_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """What stands around the sections of a slide's page: title, banners, status, styles."""
    provenance = result.get("provenance") or {}
    name = str(result.get("status"))
    slide_id = str((result.get("slide") or {}).get("id") or "unnamed slide")
    frame = page_frame(
        slide_id,
        bool(provenance.get("synthetic")),
        str(provenance.get("pathoflow") or ""),
        "result.json",
        result.get("schema"),
    )
    sentence = both(f"status.{name}.sentence") if f"status.{name}.sentence" in TEXTS else same("")
    return frame | {"status": Status(name, word("status", name), sentence)}


def page_frame(
    title: str, is_synthetic: bool, version: str, source: str, schema: object
) -> dict[str, Any]:
    """What stands around any page; ``source`` is the file that it was made from."""
    unknown = both("not_recorded")
    return {
        "title": title,
        "research_use": both("notice"),
        "synthetic": both("synthetic") if is_synthetic else None,
        "written": both(
            "written", version=version or unknown, source=source, schema=schema or unknown
        ),
        "css": _inlined("report.css"),
        "js": _inlined("table.js"),
    }


def slide_sections(result: Mapping[str, Any], pictures: Pictures | None) -> dict[str, Any]:
    """The values of every section of a slide's page; a case page can take those it wants."""
    ranked = rank_vessels(result)
    gallery = hang_gallery(ranked, pictures)
    pictured = [card.vessel_id for card in gallery.cards]
    return {
        "answer": answer_of(result),
        "codes": code_rows(result),
        "overview": draw_overview(pictures, ranked, pictured) if pictures else None,
        "gallery": gallery,
        "quality": draw_quality(pictures),
        "plots": draw_plots(ranked),
        "plot_width": WIDTH,
        "plot_height": HEIGHT,
        "table": tabulate(ranked, pictured),
        "origin": trace_origin(result),
    }


@cache
def environment() -> Environment:
    """The templates of this room, with everything escaped that is not ours."""
    made = Environment(
        loader=PackageLoader("pathoflow.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["t"] = both
    return made


def _inlined(name: str) -> Markup:
    """A file of the templates folder, as it is: our own text, so it is not escaped."""
    return Markup((files("pathoflow.report") / "templates" / name).read_text("utf-8"))
