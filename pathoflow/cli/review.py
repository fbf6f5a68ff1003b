"""``pathoflow review``: open the worklist in napari, or check the journals of its cases."""

from __future__ import annotations

import importlib
import importlib.util
import json
from pathlib import Path
from typing import Annotated

import typer


def review(
    out: Annotated[
        Path, typer.Argument(help="The --out of a run, or one case in it.", metavar="OUT")
    ],
    verify: Annotated[
        bool, typer.Option("--verify", help="Check all journals and signed versions; no window.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --verify: print JSON.")] = False,
) -> None:
    """Review cases: open napari on the worklist. Needs the gui extra. Research use only.

    With --verify every line of every journal is checked against its hash, and every signed version against the journal;
    exit code 1 where something was altered.
    """
    from pathoflow.errors import EnvironmentFault, UsageError

    if verify:
        _verify(out, as_json)
        return
    if as_json:
        raise UsageError("--json goes with --verify; a window prints nothing")
    if not out.is_dir():
        raise UsageError(f"there is no folder {out}; give the --out of a run, or one case in it")
    if importlib.util.find_spec("napari") is None or importlib.util.find_spec("qtpy") is None:
        raise EnvironmentFault(
            "the review window needs napari, which is not installed; install pathoflow with its gui extra: "
            "pip install 'pathoflow[gui]'"
        )
    try:
        plugin = importlib.import_module("napari_pathoflow")
    except ImportError as error:
        raise EnvironmentFault(
            f"the review window cannot be loaded ({error}); install pathoflow with its gui extra again"
        ) from error
    plugin.open_worklist(out)


def _verify(out: Path, as_json: bool) -> None:
    from pathoflow.errors import UsageError
    from pathoflow.review.verification import verify_case
    from pathoflow.store import CASES_NAME, CaseFolder

    alone = CaseFolder(out).review_jsonl
    journals = [alone] if alone.exists() else sorted((out / CASES_NAME).glob("*/review.jsonl"))
    if not journals and not any(out.glob("*/result.json")) and not (out / CASES_NAME).is_dir():
        raise UsageError(f"there are no cases in {out}; give the --out of a run, or one case")
    found = [verify_case(CaseFolder(path.parent)) for path in journals]
    if as_json:
        print(json.dumps({"cases": [one.as_json() for one in found]}, indent=2, ensure_ascii=False))
    else:
        for one in found:
            state = "sound" if one.is_sound else "ALTERED"
            signed = f", signed versions {len(one.versions)}" if one.versions else ""
            print(f"{one.case}: {state}, {one.n_entries} lines{signed}")
            for sentence in (*one.problems, *one.warnings):
                print(f"  {sentence}")
        if not found:
            print("no case has been reviewed yet")
    if not all(one.is_sound for one in found):
        raise typer.Exit(1)
