"""Small files, small functions, few arguments. An exception needs its reason here, where review sees it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

FILE_LINES = 400
FUNCTION_LINES = 60
ARGUMENTS = 6

#: "file::function" -> why it may be longer or take more.
EXCEPTIONS: dict[str, str] = {}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST, outer: str = "") -> Iterator[tuple[str, Function]]:
    """Every function with its dotted name."""
    for node in ast.iter_child_nodes(tree):
        name = f"{outer}{node.name}" if isinstance(node, Function | ast.ClassDef) else outer
        if isinstance(node, Function):
            yield name, node
        named = isinstance(node, Function | ast.ClassDef)
        yield from functions(node, f"{name}." if named else outer)


def is_command(function: Function) -> bool:
    """Tell whether Typer reads the signature: its arguments are the options a person types, spelt out or named so."""
    a = function.args
    hints = [ast.unparse(x.annotation) if x.annotation else "" for x in (*a.args, *a.kwonlyargs)]
    return bool(hints) and all(
        re.match(r"Annotated\[.+typer\.(Option|Argument)\(|\w+Option$", h) for h in hints
    )


def n_arguments(function: Function) -> int:
    a = function.args
    names = [x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
    return len([n for n in names if n not in {"self", "cls"}])


def test_files_stay_below_400_lines(all_python: list[Any]) -> None:
    long = {s.name: s.text.count("\n") for s in all_python if s.text.count("\n") > FILE_LINES}
    assert not long, "split by noun"


def test_functions_stay_below_60_lines(code: list[Any]) -> None:
    long = {}
    for source in code:
        for name, function in functions(source.tree):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            key = f"{source.name}::{name}"
            if lines > FUNCTION_LINES and key not in EXCEPTIONS:
                long[key] = lines
    assert not long


def test_functions_take_at_most_six_arguments(code: list[Any]) -> None:
    wide = {}
    for source in code:
        for name, function in functions(source.tree):
            key = f"{source.name}::{name}"
            count = n_arguments(function)
            if count > ARGUMENTS and key not in EXCEPTIONS and not is_command(function):
                wide[key] = count
    assert not wide, "put what belongs together into a settings object"


def test_every_exception_is_still_needed(code: list[Any]) -> None:
    existing = {f"{s.name}::{name}" for s in code for name, _ in functions(s.tree)}
    assert set(EXCEPTIONS) <= existing


def test_the_rulers_themselves_measure_right() -> None:
    tree = ast.parse(
        "class A:\n    def f(self, a, *, b): ...\n    async def g(cls): ...\ndef h(a, /, b, *c, d=1, **e):\n    return 1\n"
        "if True:\n    def run(out: Annotated[Path, typer.Option()], *, n: Annotated[int, typer.Option()]): ...\n"
    )
    found = dict(functions(tree))
    assert list(found) == ["A.f", "A.g", "h", "run"]
    assert [n_arguments(f) for f in found.values()] == [2, 0, 3, 2]
    assert [is_command(f) for f in found.values()] == [False, False, False, True]
