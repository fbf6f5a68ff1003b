from __future__ import annotations

from pathoflow.report.case_texts import CASE_TEXTS
from pathoflow.report.texts import TEXTS


def test_they_are_part_of_the_texts_of_the_reports() -> None:
    assert CASE_TEXTS.items() <= TEXTS.items()


def test_the_rows_are_those_of_the_chinese_template() -> None:
    rows = [CASE_TEXTS[f"rows.{kind}"].zh for kind in ("portal", "hepatic", "artery", "lymphatic")]
    assert rows == ["门静脉分支（含包膜内血管）", "肝静脉分支", "肝动脉分支", "淋巴管"]  # noqa: RUF001
