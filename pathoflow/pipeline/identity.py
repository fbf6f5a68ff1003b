"""Whether a slide is still the file that was analysed, and what becomes of the result of one that is not."""

from __future__ import annotations

import shutil
from pathlib import Path

from pathoflow.errors import Code, UsageError
from pathoflow.pipeline.lease import NAME as LEASE_NAME
from pathoflow.slide.fingerprint import sha256_of
from pathoflow.store import Result, ResultFolder, load_result
from pathoflow.store.atomic import explained_os_errors
from pathoflow.tissue import Flag


def check_slide(result: Result, path: Path | str) -> Flag | None:
    """Compare the slide at ``path`` with the one that ``result`` was made of.

    Returns
    -------
    A `SLIDE_CHANGED` error where the file differs or is gone: the result is stale. None for the same bytes.

    Raises
    ------
    UsageError
        The result names no file, so nothing can be compared.
    """
    path = Path(path)
    known = result.data["slide"]["file_sha256"]
    if known is None:
        raise UsageError(
            f"the result of {result.slide_id} names no file to compare {path.name} with; run it again."
        )
    try:
        found = sha256_of(path) if path.exists() else None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    if found == known:
        return None
    what = "is not there" if found is None else f"has SHA-256 {found[:12]}…"
    message = (
        f"{path.name} {what}, the result of {result.slide_id} was made of {known[:12]}…: the result is stale; "
        "run the slide again before relying on it."
    )
    return Flag(Code.SLIDE_CHANGED, "error", message)


def set_aside(folder: ResultFolder, sha256: str) -> Path | None:
    """Move the result of another file than that of ``sha256`` to ``<slide-id>.stale-<its hash>`` beside ``folder``.

    `result.json` goes last, so what was interrupted is finished by the next call; the lease stays.

    Returns
    -------
    Where the old result lies now, None where there was none.

    Raises
    ------
    EnvironmentFault
        The folder cannot be written.
    """
    known = _sha256_in(folder)
    if known is None or known == sha256:
        return None
    aside = ResultFolder(folder.path.with_name(f"{folder.path.name}.stale-{known[:8]}"))
    with explained_os_errors(aside.path):
        if aside.result_json.exists():
            # An earlier result of that very file, from before it was put back and analysed once more.
            shutil.rmtree(aside.path)
        aside.path.mkdir(exist_ok=True)
        last = folder.result_json
        for item in [*(i for i in folder.path.iterdir() if i != last), last]:
            if item.name != LEASE_NAME:
                item.rename(aside.path / item.name)
    return aside.path


def _sha256_in(folder: ResultFolder) -> str | None:
    """Of which file the folder holds a result; None where it holds none, or a damaged one."""
    try:
        found: str | None = load_result(folder).data["slide"]["file_sha256"]
    except UsageError:
        return None
    return found
