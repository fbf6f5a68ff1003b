"""A contact sheet: crops of everything that a slide shows, at four powers, for a reader's eye.

5x, 10x and 20x are means of the recipe's own pixels. Where the recipe is coarser than a power, its
plan is painted anew at that power's µm per pixel, as a finer scan of the same section would show it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.file.subjects import Subject, find_subjects
from pathoflow.phantom.painter.slide import training_patch
from pathoflow.phantom.plan.slide import GENERATOR_VERSION, Plan, plan_slide
from pathoflow.phantom.recipe.spec import PhantomSpec
from pathoflow.phantom.shapes.noise import seed_of
from pathoflow.space import Box, Frame, Point

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

#: Objective, µm per pixel, and the length of the scale bar in µm.
POWERS = ((5, 2.0, 200), (10, 1.0, 100), (20, 0.5, 50), (40, 0.25, 25))
SIDE_PX = 320
_GAP_PX, _HEAD_PX, _LABEL_PX = 6, 64, 190
_PANEL_PX = _LABEL_PX + len(POWERS) * (SIDE_PX + _GAP_PX) + 4 * _GAP_PX
#: Texts say um: the font that Pillow brings along has no micro sign.
_INK, _PAPER = (20, 20, 20), (255, 255, 255)

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a sheet and what it shows."""

    number: int
    shows: str
    #: Middle of its crops, level-0 pixels.
    centre_px: tuple[float, float]


def make_sheet(
    spec: PhantomSpec,
    path: Path,
    crops: int = 1,
    is_blind: bool = False,
    progress: Progress | None = None,
) -> tuple[SheetRow, ...]:
    """Paint a contact sheet into ``path``.

    Parameters
    ----------
    spec
        The slide.
    path
        A picture file, such as PNG.
    crops
        How many of each kind.
    is_blind
        Shuffles the rows and leaves out what they show; the key is written to a JSON file of the
        same stem beside the picture.
    progress
        Hears the share done, 0 to 1.

    Returns
    -------
    The rows, from top to bottom, panel by panel.

    Raises
    ------
    EnvironmentFault
        The folder cannot be written.
    """
    plan = plan_slide(spec)
    subjects = find_subjects(plan, crops)
    if is_blind:
        order = np.random.default_rng(seed_of(spec.seed, "blind")).permutation(len(subjects))
        subjects = [subjects[k] for k in order]
    sheet = _draw(plan, subjects, is_blind, progress)
    rows = tuple(
        SheetRow(k + 1, one.name, _level0(one.centre_um, spec.mpp))
        for k, one in enumerate(subjects)
    )
    _save(sheet, path, rows if is_blind else None, spec)
    return rows


def _save(
    sheet: Image.Image, path: Path, key: tuple[SheetRow, ...] | None, spec: PhantomSpec
) -> None:
    import io

    from pathoflow.store import write_bytes, write_json

    content = io.BytesIO()
    sheet.save(content, "JPEG" if path.suffix.lower() in (".jpg", ".jpeg") else "PNG")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, content.getvalue())
    if key is not None:
        facts = {"data": "synthetic", "generator_version": GENERATOR_VERSION}
        facts |= {"family": spec.family, "seed": str(spec.seed), "sheet": path.name}
        write_json(path.with_suffix(".json"), facts | {"rows": [asdict(row) for row in key]})


def _draw(
    plan: Plan, subjects: list[Subject], is_blind: bool, progress: Progress | None
) -> Image.Image:
    from PIL import Image, ImageDraw

    # Panels side by side, so that the sheet is about as wide as tall.
    row_px = SIDE_PX + _GAP_PX
    panels = max(1, round(math.sqrt(len(subjects) * row_px / _PANEL_PX)))
    rows = max(1, math.ceil(len(subjects) / panels))
    sheet = Image.new("RGB", (panels * _PANEL_PX, _HEAD_PX + rows * row_px), _PAPER)
    pen = ImageDraw.Draw(sheet)
    _write_head(pen, plan, panels)
    for k, subject in enumerate(subjects):
        left, top = k // rows * _PANEL_PX, _HEAD_PX + k % rows * row_px
        label = str(k + 1) if is_blind else f"{k + 1}. {subject.name}"
        _write_lines(pen, (left + _GAP_PX, top + _GAP_PX), label)
        for column, (_, mpp, bar_um) in enumerate(POWERS):
            x = left + _LABEL_PX + column * row_px
            sheet.paste(Image.fromarray(crop_at(plan, subject.centre_um, mpp)), (x, top))
            _draw_bar(pen, (x + 8, top + SIDE_PX - 10), bar_um, mpp)
        if progress is not None:
            progress((k + 1) / len(subjects))
    return sheet


def crop_at(plan: Plan, centre_um: Point, mpp: float, side_px: int = SIDE_PX) -> NDArray[np.uint8]:
    """A square crop round a place: shape ``(side_px, side_px, 3)``, RGB, white outside the slide.

    ``mpp`` is that of one of the `POWERS`.
    """
    step = mpp / plan.spec.mpp
    if step < 1 or abs(step - round(step)) > 1e-6:
        plan, step = _scanned_at(plan, POWERS[-1][1]), mpp / POWERS[-1][1]
    top, left = (round(place / mpp - side_px / 2) for place in (centre_um.y, centre_um.x))
    return training_patch(plan, Frame(round(step), round(step)), Box(top, left, side_px, side_px))


def _scanned_at(plan: Plan, mpp: float) -> Plan:
    """The same section under a finer scanner: all its objects are planned in µm."""
    height, width = (math.ceil(side * plan.spec.mpp / mpp) for side in plan.spec.size_px)
    return replace(plan, spec=replace(plan.spec, mpp=mpp, size_px=(height, width)))


def _level0(place_um: Point, mpp: float) -> tuple[float, float]:
    return round(place_um.y / mpp, 1), round(place_um.x / mpp, 1)


def _write_head(pen: ImageDraw.ImageDraw, plan: Plan, panels: int) -> None:
    from PIL import ImageFont

    spec = plan.spec
    line = (
        f"synthetic: pathoflow phantom, generator {GENERATOR_VERSION}, family {spec.family},"
        f" seed {spec.seed}, recipe at {spec.mpp:g} um/px"
    )
    pen.text((_GAP_PX, 8), line, _INK, ImageFont.load_default(20))
    font = ImageFont.load_default(16)
    for panel in range(panels):
        for column, (power, mpp, _) in enumerate(POWERS):
            x = panel * _PANEL_PX + _LABEL_PX + column * (SIDE_PX + _GAP_PX)
            anew = "" if mpp >= spec.mpp else ", painted anew"
            pen.text((x, 40), f"{power}x ({mpp:g} um/px{anew})", _INK, font)


def _write_lines(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str) -> None:
    """Text in the label's column, broken between words."""
    from PIL import ImageFont

    font = ImageFont.load_default(17)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > _LABEL_PX - 2 * _GAP_PX and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    pen.multiline_text(at, "\n".join(lines), _INK, font)


def _draw_bar(pen: ImageDraw.ImageDraw, at: tuple[int, int], length_um: int, mpp: float) -> None:
    """A scale bar with its length, dark on a light rim, so that it shows on any tissue."""
    from PIL import ImageFont

    x, y = at
    end = x + round(length_um / mpp)
    pen.rectangle((x - 1, y - 1, end + 1, y + 4), _PAPER)
    pen.rectangle((x, y, end, y + 3), _INK)
    pen.text(
        (x, y - 20),
        f"{length_um} um",
        _INK,
        ImageFont.load_default(14),
        stroke_width=2,
        stroke_fill=_PAPER,
    )
