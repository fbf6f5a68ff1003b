"""Paint artefacts where they act: on the section, in the light's way, in the lens, on the sensor.

`Soil` gathers those that touch one piece; a piece that none touches pays nothing. As everywhere, a
value depends on its absolute coordinates alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Canvas, Field, Places
from pathoflow.phantom.painter.defocus import blurred, reach_px
from pathoflow.phantom.plan.artefact import (
    PEN_OD,
    Artefact,
    BlurDisc,
    Bubble,
    CoverslipEdge,
    Dropout,
    Dust,
    Fold,
    PenLine,
    StitchLine,
)
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.noise import noise_at, noise_grid
from pathoflow.phantom.shapes.stroke import FAR_UM, Stroke
from pathoflow.space import Box

#: Distances are interpolated between lattice points so many pixels apart; a stroke's links are
#: looked for this much further out.
_LATTICE_PX = 24
#: Links of a fibre that are asked together.
_LINKS = 5
_Placing = Callable[[Places, Places], tuple[Field, Field, Field]]
_OUT_OF_FOCUS = (BlurDisc, Bubble, Fold)
_FILMS = (PenLine, Bubble, Dust, CoverslipEdge)


@dataclass(frozen=True, eq=False)
class Soil:
    """The artefacts that touch one piece of the slide."""

    piece: Box
    mpp: float
    #: Everything that changes the piece or the lens's margin round it, in painting order.
    found: tuple[Artefact, ...]
    #: Pixels of light that defocus needs around the piece.
    margin_px: int

    @classmethod
    def on(cls, plan: Plan, piece: Box, lens_px: int) -> Soil:
        """What touches ``piece``; the lens needs ``lens_px`` pixels around it."""
        if not plan.artefacts:
            return cls(piece, plan.spec.mpp, (), 0)
        mpp = plan.spec.mpp
        blurs = [
            a for a in plan.artefacts if isinstance(a, _OUT_OF_FOCUS) and a.touches(_um(piece, mpp))
        ]
        most = max((a.defocus_um for a in blurs), default=0.0)
        margin = reach_px(most, mpp)
        reach = _um(piece.grow(margin + lens_px), mpp)
        return cls(piece, mpp, tuple(a for a in plan.artefacts if a.touches(reach)), margin)

    @property
    def is_film(self) -> bool:
        """Whether something lies in the light's way, on tissue or on bare glass."""
        return any(isinstance(a, _FILMS) for a in self.found)

    def fold(self, canvas: Canvas, lay: Callable[[Canvas], None]) -> None:
        """Lay the second layer of every fold on the canvas; ``lay`` paints tissue, 0 on glass."""
        for artefact in self.found:
            if isinstance(artefact, Fold):
                _fold(artefact, canvas, lay)

    def film(self, canvas: Canvas) -> Field | None:
        """Optical density of what lies on the section: shape (3, height, width), or None."""
        if not self.is_film:
            return None
        film = np.zeros((3, *canvas.box.size.shape), np.float32)
        for artefact in self.found:
            if not isinstance(artefact, _FILMS):
                continue
            part = canvas.window(artefact.extent_um)
            if part is None:
                continue
            rows, cols = part.box.within(canvas.box).slices
            here = film[:, rows, cols]
            if isinstance(artefact, PenLine):
                _pen(artefact, part, here)
            elif isinstance(artefact, Bubble):
                _bubble(artefact, part, here)
            elif isinstance(artefact, Dust):
                _dust(artefact, part, here)
            elif isinstance(artefact, CoverslipEdge):
                _coverslip(artefact, part, here)
        return film

    def bleach(self, canvas: Canvas, thickness: Field) -> None:
        """Thin the stain under bubbles, in place."""
        for artefact in self.found:
            part = canvas.window(artefact.extent_um) if isinstance(artefact, Bubble) else None
            if isinstance(artefact, Bubble) and part is not None:
                rows, cols = part.box.within(canvas.box).slices
                inside = _rise(-_depth(artefact, part), 0.0, artefact.ring_um)
                thickness[rows, cols] *= np.float32(1) - inside * np.float32(artefact.bleach)

    def defocus(self, sheets: list[Field]) -> list[Field]:
        """Blur light where it is out of focus; sheets come with `margin_px` around the piece."""
        n = self.margin_px
        inner = [sheet[n : sheet.shape[0] - n, n : sheet.shape[1] - n] for sheet in sheets]
        if n == 0:
            return inner
        spread = np.zeros(self.piece.size.shape, np.float32)
        canvas = Canvas(self.piece, self.mpp)
        for artefact in self.found:
            part = canvas.window(artefact.extent_um)
            if part is not None and isinstance(artefact, _OUT_OF_FOCUS):
                rows, cols = part.box.within(self.piece).slices
                own = _spread(artefact, part)
                np.maximum(spread[rows, cols], own, out=spread[rows, cols])
        return [
            blurred(s, sharp, spread, n, self.mpp) for s, sharp in zip(sheets, inner, strict=True)
        ]

    def stitch(self, sheets: list[Field]) -> list[Field]:
        """Change the light beside the scanner's stitch lines."""
        for artefact in self.found:
            if isinstance(artefact, StitchLine):
                x_um = (np.arange(self.piece.left, self.piece.right) + 0.5) * self.mpp
                beside = x_um - artefact.shape.points_um[0, 1]
                fade = np.clip(1 - beside / artefact.fringe_um, 0, 1) * (beside >= 0)
                gain = (1 + artefact.gain * fade).astype(np.float32)
                sheets = [sheet * gain for sheet in sheets]
        return sheets

    def lose_tiles(self, pixels: NDArray[np.uint8]) -> None:
        """Overwrite what lost tiles of the scanner cover, in place."""
        for artefact in self.found:
            if isinstance(artefact, Dropout):
                whole = artefact.shape.extent_um
                sides = (whole.top, whole.left, whole.bottom, whole.right)
                lost = Box.spanning(*(round(s / self.mpp) for s in sides)).intersect(self.piece)
                if not lost.is_empty:
                    pixels[lost.within(self.piece).slices] = 0 if artefact.is_black else 255


def _um(box: Box, mpp: float) -> Extent:
    return Extent(box.top * mpp, box.left * mpp, box.bottom * mpp, box.right * mpp)


def _rise(value: Field, start: float, end: float) -> Field:
    """Smooth step from 0 at ``start`` to 1 at ``end``."""
    t = np.clip((value - np.float32(start)) * np.float32(1 / (end - start)), 0, 1)
    smooth: Field = t * t * (np.float32(3) - 2 * t)
    return smooth


def _depth(artefact: Artefact, canvas: Canvas) -> Field:
    """Signed distance to the outline on every pixel, interpolated."""
    return canvas.interpolate(artefact.signed_distance)


def _placed(stroke: Stroke, fringe_um: float, canvas: Canvas) -> _Placing:
    """`Stroke.place`, asking only links that matter to the canvas."""
    near = stroke.near(canvas.extent.grow(fringe_um + _LATTICE_PX * canvas.mpp))
    return lambda y, x: stroke.place(y, x, near)


def _fold_place(fold: Fold, canvas: Canvas) -> tuple[Field, Field, Field]:
    """Depth, across and along on every pixel, interpolated."""
    place = _placed(fold.shape, fold.fringe_um, canvas)
    across = canvas.interpolate(lambda y, x: place(y, x)[1])
    along = canvas.interpolate(lambda y, x: place(y, x)[2])

    def half(y: Places, x: Places) -> Field:
        depth, aside, _ = place(y, x)
        return np.asarray(np.abs(aside) - depth, np.float32)

    # The depth itself has a crease along the middle, which would be lost between lattice points.
    return np.abs(across) - canvas.interpolate(half), across, along


def _pen(pen: PenLine, canvas: Canvas, film: Field) -> None:
    """A film of ink: streaks along the stroke, a darker rim, a ragged border out of focus."""
    place, half = _placed(pen.shape, pen.fringe_um, canvas), float(pen.shape.half_um[0])
    length, seed = pen.shape.length_um, pen.seed

    def ink(y: Places, x: Places) -> Field:
        depth, across, along = place(y, x)
        streak = noise_at(along / 60.0, across, 34.0, seed)
        fine = noise_at(along / 40.0, across, 12.0, seed + 1)
        pools = noise_at(y, x, 420.0, seed + 2)
        ragged = depth + np.float32(7) * noise_at(along / 5.0, across / 5.0, 9.0, seed + 3)
        rim = np.clip(1 + ragged * np.float32(1 / (0.16 * half)), 0, 1)
        body = 0.66 + 0.15 * streak + 0.08 * fine + 0.14 * pools + 0.42 * rim * rim
        # The pen runs dry towards the end of its way: streaks break up.
        dry = np.clip(along / np.float32(length) - np.float32(0.72), 0, 1) * np.float32(2.2)
        body *= 1 - np.clip(dry * (0.8 + 1.8 * streak + fine), 0, 0.85)
        return np.asarray(np.maximum(body, 0) * _rise(-ragged, -9.0, 6.0), np.float32)

    body = canvas.interpolate(ink)
    grain = noise_grid(canvas.y_um, canvas.x_um, 6.0, seed + 4)
    body *= np.float32(1) + np.float32(0.05) * grain
    _add(film, body * np.float32(pen.strength), PEN_OD[pen.colour])


def _bubble(bubble: Bubble, canvas: Canvas, film: Field) -> None:
    """The refractive ring: black towards the outline, a bright line inside, a faint second ring."""
    depth = _depth(bubble, canvas)
    # Light falls in from one side more than from the other: the ring is not equally wide all round.
    reach = bubble.shape.reach_um
    width = canvas.interpolate(lambda y, x: noise_at(y, x, 1.3 * reach, round(reach)))
    inwards = -depth / (np.float32(bubble.ring_um) * (1 + np.float32(0.45) * width))
    if float(inwards.min()) > 3 or float(inwards.max()) < -1:
        return
    sharp = _rise(inwards, -0.12, 0.06)
    dark = sharp * np.clip(1 - inwards, 0, 1) ** 2
    bright = np.clip(1 - np.abs(inwards - np.float32(1.25)) * np.float32(3.5), 0, 1)
    second = np.clip(1 - np.abs(inwards - np.float32(1.9)) * np.float32(2.5), 0, 1)
    glow = np.clip(1 - np.abs(depth - np.float32(3)) * np.float32(1 / 8), 0, 1)
    od = dark * np.float32(bubble.strength) - bright * np.float32(0.10)
    od += second * np.float32(0.05) - glow * np.float32(0.04)
    _add(film, od, (0.98, 1.0, 1.03))


def _dust(dust: Dust, canvas: Canvas, film: Field) -> None:
    """Dark specks; fibres, which the light passes more easily along their middle."""
    blur = max(0.6 * canvas.mpp, 0.4, dust.soft_um)
    reach = 1.6 * blur
    if isinstance(dust.shape, Stroke):
        depth, across, along = _fibre_place(dust.shape, canvas, reach)
        here = depth < reach
        depth, across, along = depth[here], np.abs(across[here]), along[here]
        half = float(dust.shape.half_um.mean())
        core = np.clip(across / np.maximum(across - depth, np.float32(0.5)), 0, 1)
        body = np.float32(0.35) + np.float32(0.65) * core * core
        body *= 1 + np.float32(0.35) * noise_at(along, 0 * along, 14.0, 7)
    else:
        depth = dust.signed_distance(*canvas.places_um)
        half, here = dust.shape.reach_um, depth < reach
        body = 1 + np.float32(0.3) * noise_grid(canvas.y_um, canvas.x_um, 4.0, 7)[here]
        depth = depth[here]
    # What is out of focus spreads the same shadow over more room.
    body *= _rise(-depth, -reach, reach) * np.float32(half / (half + 1.2 * dust.soft_um))
    for sheet, share in zip(film, dust.od, strict=True):
        sheet[here] += body * np.float32(share)


def _fibre_place(stroke: Stroke, canvas: Canvas, reach_um: float) -> tuple[Field, Field, Field]:
    """`Stroke.place` of a thin, long stroke, a few links at a time, each in its own window."""
    depth, across, along = (np.full(canvas.box.size.shape, FAR_UM, np.float32) for _ in range(3))
    near = stroke.near(canvas.extent.grow(reach_um))
    for links in np.split(near, range(_LINKS, len(near), _LINKS)):
        if not len(links):
            continue
        low, high = stroke.bounds_um[links, :2].min(axis=0), stroke.bounds_um[links, 2:].max(axis=0)
        part = canvas.window(Extent(low[0], low[1], high[0], high[1]).grow(reach_um))
        if part is None:
            continue
        found = stroke.place(*part.places_um, links)
        window = part.box.within(canvas.box).slices
        nearer = found[0] < depth[window]
        for whole, new in zip((depth, across, along), found, strict=True):
            whole[window][nearer] = new[nearer]
    return depth, across, along


def _coverslip(edge: CoverslipEdge, canvas: Canvas, film: Field) -> None:
    """A dark line; mountant makes the glass beside it faintly uneven."""
    place = _placed(edge.shape, edge.fringe_um, canvas)
    half = float(edge.shape.half_um[0])

    def rim(y: Places, x: Places) -> Field:
        _, across, along = place(y, x)
        wavy = across + np.float32(3) * noise_at(along, 0 * along, 60.0, 11)
        line = np.clip(1 - np.abs(wavy) * np.float32(1 / half), 0, 1)
        beside = np.clip(1 - np.abs(wavy - np.float32(14)) * np.float32(1 / 12), 0, 1)
        return np.asarray(line - np.float32(0.15) * beside, np.float32)

    _add(film, canvas.interpolate(rim) * np.float32(edge.strength), (1.0, 0.98, 0.95))


def _add(film: Field, od: Field, direction: tuple[float, float, float]) -> None:
    for sheet, share in zip(film, direction, strict=True):
        sheet += od * np.float32(share)


def _fold(fold: Fold, canvas: Canvas, lay: Callable[[Canvas], None]) -> None:
    """Tissue from beyond the sharp side lies on the band; on the other side it rises slowly."""
    near = fold.shape.near(canvas.extent.grow(fold.fringe_um))
    bounds = fold.shape.bounds_um[near]
    if not len(bounds):
        return
    low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    part = canvas.window(Extent(low[0], low[1], high[0], high[1]).grow(fold.fringe_um))
    if part is None:
        return
    depth, across, along = _fold_place(fold, part)
    half = float(fold.shape.half_um.max())
    gentle = _rise(-depth, -0.1 * half, fold.slope * half)
    weight = np.where(across > 0, part.soft(depth), np.minimum(gentle, part.soft(depth)))
    # A pleat is never pressed evenly, and it keeps more dye than a single layer.
    weight *= np.float32(1.2) + np.float32(0.25) * noise_at(along / 4.0, across, 30.0, fold.seed)
    shift = [round(along_axis / canvas.mpp) for along_axis in fold.shift_um]
    second = Canvas(part.box.shift(*shift), canvas.mpp)
    lay(second)
    for sheet, above in ((part.h, second.h), (part.e, second.e), (part.red, second.red)):
        sheet += above * weight


def _spread(artefact: BlurDisc | Bubble | Fold, canvas: Canvas) -> Field:
    """Standard deviation of the defocus on every pixel, µm."""
    if isinstance(artefact, Fold):
        depth, soft = _fold_place(artefact, canvas)[0], 8.0
    else:
        depth = _depth(artefact, canvas)
        soft = artefact.soft_um if isinstance(artefact, BlurDisc) else artefact.ring_um
    return _rise(-depth, 0.0, soft) * np.float32(artefact.defocus_um)
