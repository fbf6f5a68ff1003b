"""The story of one review, from the worklist to an amended case, with the keyboard alone.

1. A case of four painted blocks with fifty candidates is opened.
2. Each candidate gets its verdict by one key; the desk goes on by itself.
3. An outline is painted larger, a missed vessel is drawn and accepted, the way to the tumour is measured.
4. Blocks are confirmed, the reading is said to be complete, the case is signed.
5. The journal verifies; a tampered line is found; after signing nothing can be changed without a reason.
6. A second process is told who has the case and since when.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("napari", reason="needs the gui extra")

from napari.components import ViewerModel
from napari.utils.key_bindings import KeymapHandler

from napari_pathoflow import layers
from napari_pathoflow.desk import Desk
from napari_pathoflow.painted_case import PaintedCase, paint_case
from napari_pathoflow.preferences import Preferences
from napari_pathoflow.session import Session
from pathoflow.errors import PathoflowError
from pathoflow.phantom import load_spec, plan_levels
from pathoflow.pipeline import load_case
from pathoflow.review import verify_case
from pathoflow.slide import Slide
from pathoflow.slide.reader import SlideInfo
from pathoflow.space import Box
from pathoflow.store import CaseFolder, load_result

WANTED = PaintedCase(candidates=50)


class PlainReader:
    """A slide of one colour: what is decided does not depend on pixels, and painting takes minutes."""

    def __init__(self, path: Path) -> None:
        spec = load_spec(path)
        levels = plan_levels(spec.size)
        self.info = SlideInfo(path, "plain", "painted", spec.size, levels, spec.pixel)

    def read(self, level: int, box: Box) -> np.ndarray:
        return np.full((*box.size.shape, 3), 200, np.uint8)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("story") / "out"
    paint_case(folder, WANTED)
    return folder


@pytest.fixture
def desk(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(
        "napari_pathoflow.slides.open_slide", lambda path, mpp=None: Slide(PlainReader(path))
    )
    viewer = ViewerModel()
    made = Desk(viewer, Session(out, "Dr Li"), Preferences.load(tmp_path))
    viewer._layer_slicer._force_sync = True
    yield made
    made.session.close()
    viewer.layers.clear()
    viewer._layer_slicer.shutdown()


@pytest.fixture
def press(desk: Desk) -> Callable[[str], None]:
    handler = KeymapHandler()
    handler.keymap_providers = [desk.viewer]
    said: list[str] = []
    desk.signals.said.connect(said.append)

    def press_key(key: str) -> None:
        handler.press_key(key)
        handler.release_key(key)

    press_key.said = said  # type: ignore[attr-defined]
    return press_key


def test_a_case_is_read_edited_signed_and_amended_by_keys(
    desk: Desk, press: Callable[[str], None], out: Path
) -> None:
    # 1.
    (row,) = desk.session.worklist()
    assert (row.stage, row.n_slides, row.n_candidates) == ("ready", 4, 50)
    desk.open_case(row.path)
    session = desk.session
    expected = {
        one["id"]: one["p_mvi"]
        for slide in session.slide_ids
        for one in load_result(out / slide).candidates
    }
    assert len(expected) == 50

    # 2. Invaded from a score of 0.7 on, one uncertain, the rest red cells or inflammation.
    order: list[str] = []
    while (one := session.candidate(session.selected_id)) and one.verdict is None:
        order.append(one.id)
        score = one.p_mvi or 0.0
        press("W" if score >= 0.7 else "U" if len(order) == 20 else "Alt-1")
    assert order == sorted(expected, key=lambda name: -expected[name])
    n_invaded = sum(score >= 0.7 for score in expected.values())
    assert session.case is not None
    assert len(session.case.in_role("counted", "intratumoral")) == n_invaded  # type: ignore[arg-type]

    # 3. Outline, missed vessel, measure.
    desk.go_to(order[0])
    before = session.outline(order[0]).area
    press("Alt-J")
    crop = desk.canvas.layer(layers.CROP)
    assert crop is not None
    rows, columns = np.nonzero(crop.data)
    crop.data[rows.min() : rows.max(), columns.max() - 4 : columns.max() + 30] = 1
    press("Alt-W")
    assert session.outline(order[0]).area > before
    press("Alt-G")
    drawing = desk.canvas.layer(layers.DRAWING)
    assert drawing is not None
    drawing.add_polygons([np.array([[400, 400], [400, 520], [520, 520], [520, 400]])])
    press("Alt-W")
    added = session.selected_id
    assert added not in expected
    press("W")
    assert session.progress == (51, 51)
    desk.go_to(added)
    press("Alt-Shift-K")
    assert len(session.measurements(desk.words)) == 1

    # 4. Not before everything is done.
    press("Control-Alt-U")
    assert press.said[-1].startswith("LIV-01 cannot be signed yet.")  # type: ignore[attr-defined]
    desk.go_to(order[19])
    press("Q")
    for _ in session.slide_ids:
        press("Alt-U")
        press(".")
    press("Control-Alt-W")
    press("Control-Alt-U")
    assert press.said[-1] == "Signed and locked."  # type: ignore[attr-defined]
    signed = load_case(row.path).grade().grade
    assert signed == ("M2a" if n_invaded + 1 > 5 else "M1")

    # 5. Locked in the window and in the store, until there is a reason.
    press("W")
    assert "signed" in press.said[-1]  # type: ignore[attr-defined]
    session.close()
    with pytest.raises(PathoflowError, match="signed"):
        load_case(row.path).review.accept(order[0], by="somebody")
    folder = CaseFolder(row.path)
    assert verify_case(folder).is_sound
    _find_a_tampered_line(folder)
    desk.open_case(row.path)
    session.amend("a level was cut deeper")
    desk.go_to(order[0])
    press("U")
    assert session.candidate(order[0]).verdict == "uncertain"  # type: ignore[union-attr]

    # 6.
    said = _ask_from_another_process(row.path)
    assert "Dr Li" in said
    assert session.review is not None
    assert "since 20" in said


def _find_a_tampered_line(folder: CaseFolder) -> None:
    """Change one verdict in the middle: that line is named; put back, all is well."""
    whole = folder.review_jsonl.read_bytes()
    lines = whole.splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if b'"accepted"' in line and i > 5)
    lines[place] = lines[place].replace(b'"accepted"', b'"rejected"')
    folder.review_jsonl.write_bytes(b"".join(lines))
    found = verify_case(folder)
    assert not found.is_sound
    assert found.line == place + 1
    folder.review_jsonl.write_bytes(whole)
    assert verify_case(folder).is_sound


def _ask_from_another_process(case: Path) -> str:
    """What another reader's process is told when it wants to decide."""
    program = (
        "import json, sys\n"
        "from pathoflow.review import open_case\n"
        "review = open_case(sys.argv[1], 'Dr Wu').review\n"
        "print(json.dumps([review.open(), review.why_read_only]))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(case)], capture_output=True, text=True, check=True
    )
    may_write, why = json.loads(run.stdout)
    assert not may_write
    return str(why)
