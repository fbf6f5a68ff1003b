from __future__ import annotations

from dataclasses import asdict

from pathoflow.evsnet.settings import EVSNET, FEW_LABELS, RELEASED, EvsSettings
from pathoflow.networks.plain import from_plain


def test_the_readings_differ_where_their_pages_say() -> None:
    assert EVSNET.variant == "default"
    assert EVSNET.critics.which == "both"
    assert EVSNET.self_supervision > 0
    assert EVSNET.teacher.kind == "none"
    # Released code: all weights 1, five moves of critics and labels for one of the rest.
    assert (RELEASED.critics.weight, RELEASED.self_supervision, RELEASED.order) == (
        1.0,
        1.0,
        "5:5:1",
    )
    assert RELEASED.released_kernel == 11
    assert FEW_LABELS.critics.weight == 0


def test_settings_can_be_written_in_a_config() -> None:
    for settings in (EVSNET, RELEASED, FEW_LABELS):
        assert from_plain(asdict(settings), EvsSettings) == settings


def test_what_looks_at_no_unlabelled_patch_is_supervised() -> None:
    assert EvsSettings().is_supervised
    assert not any(settings.is_supervised for settings in (EVSNET, RELEASED, FEW_LABELS))
