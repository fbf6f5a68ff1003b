"""What is being edited can be said."""

from __future__ import annotations

import ast
from pathlib import Path

import napari_pathoflow
from napari_pathoflow.texts import TEXTS
from napari_pathoflow.texts_work import WORK_TEXTS


def test_every_text_that_the_code_names_is_in_the_table() -> None:
    folder = Path(napari_pathoflow.__file__).parent
    named = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and _is_words(node.func):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    named.add(first.value)
    assert len(named) > 60
    assert named <= set(TEXTS)


def _is_words(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("words", "heading")


def test_each_thing_that_is_drawn_says_how_it_is_kept() -> None:
    for what in ("nothing", "vessel", "add", "split", "tumour", "labels", "measure"):
        assert f"edit.now.{what}" in WORK_TEXTS
