from __future__ import annotations

from pathoflow.mvi import CaseRow, Site
from pathoflow.review.slides import criteria_of, slide_of
from pathoflow.store import Result
from pathoflow.testing.results import MadeVessel, made_result


def test_a_slide_keeps_its_row_and_its_candidates() -> None:
    data = made_result("a", [MadeVessel(0.9), MadeVessel(0.3)])
    data["provenance"]["settings"] = {"criteria": {"p_called": 0.4}}
    slide = slide_of(CaseRow("a", "C", "B1", Site.NEAR), Result(data))
    assert (slide.block, slide.site, slide.has_report) == ("B1", Site.NEAR, False)
    assert [vessel.is_called for vessel in slide.vessels] == [True, False]
    assert criteria_of(Result(data)).p_called == 0.4
