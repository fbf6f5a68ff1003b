"""What a machine remembers of a reader."""

from __future__ import annotations

from pathlib import Path

from napari_pathoflow.preferences import Preferences


def test_everything_that_might_sway_a_reader_is_off_at_first() -> None:
    first = Preferences()
    assert (first.show_heat, first.show_outlines, first.show_tumour) == (False, False, False)


def test_a_change_is_there_next_time(tmp_path: Path) -> None:
    Preferences.load(tmp_path / "new").but(
        show_heat=True, language="zh", slide_folders=("/a", "/b")
    )
    again = Preferences.load(tmp_path / "new")
    assert again.show_heat
    assert again.language == "zh"
    assert again.slide_folders == ("/a", "/b")


def test_damaged_or_foreign_values_count_as_never_set(tmp_path: Path) -> None:
    file = tmp_path / "viewer.json"
    file.write_text('{"language": "fr", "power": "far", "show_heat": 1, "unknown": 3}', "utf-8")
    assert Preferences.load(tmp_path) == Preferences(folder=tmp_path)
    file.write_text("[", "utf-8")
    assert Preferences.load(tmp_path) == Preferences(folder=tmp_path)


def test_where_nothing_can_be_written_the_change_holds_for_now(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    prefers = Preferences.load(tmp_path / "file" / "below").but(show_tumour=True)
    assert prefers.show_tumour


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    assert Preferences().but(power=20.0).power == 20.0
    assert Preferences(folder=tmp_path).keys_file == tmp_path / "keys.toml"
