"""Things that never stand in our code, found in the syntax and not by searching text."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import pytest

#: Functions that run or unpack foreign code, by the name they are called with.
UNSAFE_CALLS = {
    "eval",
    "exec",
    "torch.load",
    "yaml.load",
    "joblib.load",
    "marshal.loads",
    "pd.read_pickle",
}
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"}


def dotted(node: ast.expr) -> str:
    """``a.b.c`` as text; empty for anything that is not a plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""


def prints(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func) == "print"


def catches_everything(node: ast.AST) -> bool:
    return isinstance(node, ast.ExceptHandler) and node.type is None


def is_unsafe(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] in UNSAFE_MODULES for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] in UNSAFE_MODULES
    if not isinstance(node, ast.Call):
        return False
    allows_pickle = any(
        k.arg == "allow_pickle"
        and not (isinstance(k.value, ast.Constant) and k.value.value is False)
        for k in node.keywords
    )
    return dotted(node.func) in UNSAFE_CALLS or allows_pickle


def seeds_globally(node: ast.AST) -> bool:
    seeders = {"np.random.seed", "numpy.random.seed", "random.seed", "torch.manual_seed"}
    return isinstance(node, ast.Call) and dotted(node.func) in seeders


def forks_randomness(node: ast.AST) -> bool:
    """Tell whether a ``with`` block gives torch's global generator back as it was."""
    calls = [i.context_expr for i in node.items] if isinstance(node, ast.With) else []
    return any(isinstance(c, ast.Call) and dotted(c.func).endswith("fork_rng") for c in calls)


def places(sources: list[Any], rule: Callable[[ast.AST], bool]) -> list[str]:
    return [f"{s.name}:{node.lineno}" for s in sources for node in ast.walk(s.tree) if rule(node)]


def test_only_the_command_line_prints(code: list[Any]) -> None:
    found = places([s for s in code if not s.name.startswith("pathoflow/cli/")], prints)
    assert not found


def test_no_bare_except(all_python: list[Any]) -> None:
    found = places(all_python, catches_everything)
    assert not found


def test_no_foreign_code_is_ever_run_or_unpickled(code: list[Any]) -> None:
    found = places(code, is_unsafe)
    assert not found


def test_randomness_is_handed_in_and_never_set_for_everybody(code: list[Any]) -> None:
    forked = {
        id(inner)
        for s in code
        for block in ast.walk(s.tree)
        if forks_randomness(block)
        for inner in ast.walk(block)
    }
    found = places(code, lambda node: seeds_globally(node) and id(node) not in forked)
    assert not found, "hand a generator in, or seed inside `with torch.random.fork_rng()`"


@pytest.mark.parametrize(
    ("rule", "text", "found"),
    [
        (prints, "print(1)", True),
        (prints, "console.print(1)", False),
        (catches_everything, "try: pass\nexcept: pass", True),
        (catches_everything, "try: pass\nexcept OSError: pass", False),
        (is_unsafe, "import pickle", True),
        (is_unsafe, "from pickle import loads", True),
        (is_unsafe, "torch.load(path)", True),
        (is_unsafe, "np.load(path, allow_pickle=True)", True),
        (is_unsafe, "np.load(path, allow_pickle=False)", False),
        (is_unsafe, "network.eval()", False),
        (seeds_globally, "torch.manual_seed(0)", True),
        (seeds_globally, "torch.Generator().manual_seed(0)", False),
        (forks_randomness, "with torch.random.fork_rng(devices=[]): pass", True),
        (forks_randomness, "with open(path): pass", False),
    ],
)
def test_the_rules_find_what_they_should(
    rule: Callable[[ast.AST], bool], text: str, found: bool
) -> None:
    assert any(rule(node) for node in ast.walk(ast.parse(text))) is found
