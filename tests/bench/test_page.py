from __future__ import annotations

from pathoflow.bench import filled

PAGE = "a\n<!-- one: begin -->\nold\n<!-- one: end -->\nb\n<!-- two-2: begin -->\n<!-- two-2: end -->\nc\n"


def test_every_block_is_made_anew_and_the_rest_of_the_page_stays() -> None:
    page = filled(PAGE, lambda name: f"[{name}]")
    assert page.splitlines()[2::4] == ["[one]", "[two-2]"]
    assert [line for line in page.splitlines() if len(line) == 1] == ["a", "b", "c"]
    assert "old" not in page
    assert filled(page, lambda name: f"[{name}]") == page
