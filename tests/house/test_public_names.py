"""What a room offers is written down in its ``__all__``, and every name there exists."""

from __future__ import annotations

import importlib
import tomllib
from importlib.metadata import entry_points, version
from importlib.resources import files
from pathlib import Path

import pytest

import pathoflow

ROOMS = sorted(p.parent.name for p in Path(pathoflow.__file__).parent.glob("*/__init__.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_lists_what_it_offers(room: str) -> None:
    module = importlib.import_module(f"pathoflow.{room}")
    assert module.__doc__, f"pathoflow/{room}/__init__.py says in a sentence what the room is for"
    names = list(module.__all__)
    assert len(set(names)) == len(names)
    missing = [name for name in names if not hasattr(module, name)]
    assert not missing
    assert not [name for name in names if name.startswith("_")]


def test_the_front_door_offers_the_names_of_the_readme() -> None:
    assert set(pathoflow.__all__) == {
        "Result",
        "Slide",
        "__version__",
        "load_case",
        "load_result",
        "open_slide",
        "predict",
        "run_slide",
        "train",
    }


@pytest.mark.parametrize("name", sorted(set(pathoflow.__all__) - {"__version__"}))
def test_a_front_door_name_is_the_one_of_its_room(name: str) -> None:
    home = importlib.import_module(pathoflow._HOMES[name])
    assert getattr(pathoflow, name) is getattr(home, name)


def test_names_table_and_listing_agree() -> None:
    assert {*pathoflow._HOMES, "__version__"} == set(pathoflow.__all__)
    assert set(pathoflow.__all__) <= set(dir(pathoflow))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'open_slides'"):
        pathoflow.open_slides  # noqa: B018


def test_the_version_is_the_installed_one() -> None:
    assert version("pathoflow") == pathoflow.__version__


def test_every_entry_point_of_ours_loads(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    broken = {}
    for group, declared in groups.items():
        installed = {
            e.name: e for e in entry_points(group=group) if e.dist and e.dist.name == "pathoflow"
        }
        assert set(declared) == set(installed), f"{group}: install again (make setup)"
        for name, entry in installed.items():
            if group == "napari.manifest":
                # It names a file beside the module, which napari reads.
                assert (files(entry.module) / entry.attr).is_file()
                continue
            try:
                target = entry.load()
            except (ImportError, AttributeError) as error:
                broken[f"{group}: {name}"] = str(error)
            else:
                assert callable(target)
    assert not broken
