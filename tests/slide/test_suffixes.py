from __future__ import annotations

import pytest

from pathoflow.slide.suffixes import slide_stem


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a.svs", "a"),
        ("A.NDPI", "A"),
        ("a", "a"),
        ("LIV.01", "LIV.01"),
        ("LIV.01.svs", "LIV.01"),
        ("scan.ome.tiff", "scan.ome"),
        ("monday/a.svs", "a"),
        (r"D:\slides\a.svs", "a"),
        ("recipe.toml", "recipe"),
        ("../..", ".."),
        ("", ""),
    ],
)
def test_only_folders_and_the_ending_of_a_slide_are_dropped(name: str, stem: str) -> None:
    assert slide_stem(name) == stem
