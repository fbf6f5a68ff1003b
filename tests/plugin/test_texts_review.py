"""Every state that is shown has its words."""

from __future__ import annotations

from napari_pathoflow.candidates import SORTS
from napari_pathoflow.styles import VERDICT_COLOURS
from napari_pathoflow.texts import TEXTS
from napari_pathoflow.texts_review import REVIEW_TEXTS
from pathoflow.mvi import Site, Stage
from pathoflow.mvi.kind_counts import CellBox
from pathoflow.review import Named, ReviewStage


def test_all_stages_states_orders_kinds_and_boxes_can_be_said() -> None:
    wanted = {f"case_state.{stage}" for stage in ReviewStage}
    wanted |= {f"state.{state}" for state in VERDICT_COLOURS}
    wanted |= {f"gallery.sort.{sort}" for sort in SORTS}
    wanted |= {f"box.{box}" for box in CellBox}
    wanted |= {f"standing.{stage}" for stage in Stage}
    assert wanted <= set(REVIEW_TEXTS)
    assert {f"kind.{kind}" for kind in Named} | {f"site.{site}" for site in Site} <= set(TEXTS)


def test_the_notice_is_in_both_languages() -> None:
    banner = REVIEW_TEXTS["banner"]
    assert banner.en.startswith("Research use only")
    assert banner.zh.startswith("仅供科研使用")
