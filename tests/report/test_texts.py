from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import pathoflow.report
from pathoflow.mvi import SYSTEMS, Kind, Location, Role, Site, Stage
from pathoflow.report.texts import TEXTS

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ROOM = Path(pathoflow.report.__file__).parent


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_text_holds_the_same_values_in_both_languages(key: str) -> None:
    text = TEXTS[key]
    assert places(text.en) == places(text.zh) == places(text.one or text.en)
    assert not CHINESE.search(text.en + text.one)
    assert CHINESE.search(text.zh) or not re.search("[a-z]{3}", re.sub(r"{\w+}", "", text.en))


def test_no_text_claims_what_a_tool_for_research_must_not() -> None:
    english = " ".join(text.en for text in TEXTS.values()).lower()
    chinese = " ".join(text.zh for text in TEXTS.values())
    assert not [w for w in ("diagnos", "rule out", "autonomous") if w in english]
    assert "诊断" not in chinese


def test_every_stored_word_that_a_page_shows_has_its_text() -> None:
    wanted = {f"role.{role}" for role in Role} | {f"site.{site}" for site in Site}
    wanted |= {f"kind.{kind}" for kind in Kind} | {f"location.{place}" for place in Location}
    wanted |= {f"rule.{name}" for name in SYSTEMS}
    wanted |= {f"define.{grade}" for grade in SYSTEMS["NHC"].grades}
    wanted |= {f"{group}.{stage}" for group in ("case.stage", "rows.caption") for stage in Stage}
    assert wanted <= set(TEXTS)


def test_every_text_is_used() -> None:
    files = [*ROOM.glob("*.py"), *ROOM.glob("templates/*.j2")]
    code = "\n".join(p.read_text("utf-8") for p in files if "texts" not in p.name)
    # Keys whose last part is worked out.
    made = ("status.", "role.", "site.", "kind.", "location.", "method.", "rule.", "define.", "clock.", "rows.",
            "case.stage.", "tick.")  # fmt: skip
    assert not [k for k in TEXTS if f'"{k}"' not in code and not k.startswith(made)]
