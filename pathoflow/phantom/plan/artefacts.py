"""What went wrong with a slide after the tissue was cut: pen, folds, bubbles, dust, lost tiles.

The recipe says how many of each kind; what it leaves open is drawn at the family's rates. Sizes are
those of real slides, cut down where the slide itself is small. Torn holes belong to the tissue, and
retraction slits to the tumour.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.plan.artefact import (
    PEN_OD,
    Artefact,
    ArtefactKind,
    BlurDisc,
    Bubble,
    CoverslipEdge,
    Dropout,
    Dust,
    Fold,
    PenLine,
    StitchLine,
)
from pathoflow.phantom.plan.tissue import TissuePlan
from pathoflow.phantom.recipe.family import FAMILIES, ArtefactRates
from pathoflow.phantom.recipe.spec import PEN_COLOURS, PenColour, PhantomSpec
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing, waves, wavy_ellipse
from pathoflow.phantom.shapes.square import Square
from pathoflow.phantom.shapes.stroke import Stroke, bent_line, on_lattice
from pathoflow.space import Point

__all__ = ["PEN_OD", "Artefact", "ArtefactKind", "plan_artefacts"]

#: Rates hold for whole sections; less tissue than this gets its share of them.
_WHOLE_MM2 = 40.0
_SCANNER_TILES_PX = (256, 512)
_STRIP_PX = 2048


def plan_artefacts(
    spec: PhantomSpec, tissue: TissuePlan, rng: np.random.Generator
) -> tuple[Artefact, ...]:
    """All artefacts of a slide, but for tears and retraction slits.

    Every kind has its own stream, so asking for more of one leaves the others as they are.
    """
    maker = _Maker(spec, tissue)
    kinds = (
        maker.folds,
        maker.pens,
        maker.bubbles,
        maker.dust,
        maker.blurs,
        maker.coverslip,
        maker.stitches,
        maker.dropouts,
    )
    streams = rng.spawn(len(kinds))
    return tuple(a for make, own in zip(kinds, streams, strict=True) for a in make(own))


class _Maker:
    """Draws the artefacts of one slide, kind by kind."""

    def __init__(self, spec: PhantomSpec, tissue: TissuePlan) -> None:
        self.spec, self.tissue = spec, tissue
        self.rates: ArtefactRates = FAMILIES[spec.family].artefacts
        self.height_um, self.width_um = (side * spec.mpp for side in spec.size_px)
        self.side_um = min(self.height_um, self.width_um)
        self.area_mm2 = sum(piece.area_um2 for piece in tissue.pieces) / 1e6
        self.share = min(1.0, self.area_mm2 / _WHOLE_MM2)

    def pens(self, rng: np.random.Generator) -> Iterator[PenLine]:
        """One line per colour: round the tumour or across the margin of the tissue."""
        usual: tuple[PenColour, ...] = ()
        if rng.uniform() < self.rates.pen * self.share:
            usual = (PEN_COLOURS[int(rng.integers(len(PEN_COLOURS)))],)
        wanted = self.spec.artefacts.pen
        for nth, colour in enumerate(usual if wanted is None else wanted):
            half = min(rng.uniform(200.0, 750.0), 0.03 * self.side_um)
            rings = self.tissue.tumour is not None and rng.uniform() < 0.6
            line = self._round_tumour(half, nth, rng) if rings else self._across_margin(half, rng)
            yield PenLine(
                shape=Stroke(line, np.full(len(line), half)),
                colour=colour,
                strength=rng.uniform(0.4, 1.1) * (1.3 if colour == "black" else 1.0),
                seed=_seed(rng),
            )

    def _round_tumour(
        self, half_um: float, nth: int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """A ring drawn by hand: it keeps off the tumour and its ends do not quite meet."""
        tumour = self.tissue.tumour
        assert tumour is not None
        start, turn = rng.uniform(0, 2 * np.pi), 2 * np.pi + rng.uniform(-0.25, 0.35)
        t = np.linspace(0.0, 1.0, max(48, round(turn * tumour.reach_um / 200.0)))
        theta = start + t * turn
        # The hand follows the tumour's gross shape, not its waves.
        tail = np.hanning(181) / np.hanning(181).sum()
        gross = np.convolve(np.tile(tumour.radius_um, 3), tail, "same")[ANGLES : 2 * ANGLES]
        at = (theta / (2 * np.pi) * ANGLES).astype(int) % ANGLES
        # A second colour goes round the first.
        away = half_um + min(rng.uniform(150, 900), 0.05 * self.side_um) * (1 + 1.6 * nth)
        drift = min(350.0, 0.03 * self.side_um) * rng.uniform(-1, 1) * t
        radius = gross[at] * (1 + rng.normal(0, 0.02) * np.sin(5 * theta)) + away + drift
        centre = tumour.centre_um
        return on_lattice(
            np.stack([centre.y + radius * np.sin(theta), centre.x + radius * np.cos(theta)], axis=1)
        )

    def _across_margin(self, half_um: float, rng: np.random.Generator) -> NDArray[np.float64]:
        """A dash along the border of a piece, some of it on tissue and some on the glass."""
        piece = self.tissue.pieces[int(rng.integers(len(self.tissue.pieces)))]
        turn = rng.uniform(0, 2 * np.pi)
        length = min(rng.uniform(2500.0, 9000.0), 0.45 * self.side_um)
        heading = turn + np.pi / 2 + rng.normal(0, 0.5)
        step = min(max(60.0, half_um / 2), length / 12)
        line = bent_line(rng, (0.0, 0.0), heading, length, step, 0.25)
        # One of its middle points lies just inside the border.
        anchor, at = _at_turn(piece, turn, 0.95), round(rng.uniform(0.3, 0.7) * (len(line) - 1))
        return on_lattice(line - line[at] + [anchor.y, anchor.x])

    def folds(self, rng: np.random.Generator) -> Iterator[Fold]:
        """Curved pleats, 30 to 150 µm wide, that taper towards both ends and stay on tissue."""
        for _ in range(self._number(self.spec.artefacts.folds, self.rates.folds, rng)):
            half = min(rng.uniform(15.0, 75.0), 0.02 * self.side_um)
            line = self._line_on_tissue(half, rng)
            t = np.linspace(0.0, 1.0, len(line))
            wavy = 1 + 0.25 * np.sin(2 * np.pi * (rng.uniform(1, 4) * t + rng.uniform()))
            taper = np.sqrt(np.maximum(np.sin(np.pi * t), 0.02))
            run = line[-1] - line[0]
            # The second layer comes from beyond the sharp side.
            normal = np.array([-run[1], run[0]]) / max(math.hypot(*run), 1e-9)
            shift = on_lattice(normal * half * rng.uniform(3.0, 5.0))
            yield Fold(
                shape=Stroke(line, on_lattice(half * taper * np.clip(wavy, 0.6, 1.0))),
                shift_um=(float(shift[0]), float(shift[1])),
                slope=rng.uniform(0.3, 1.0),
                defocus_um=rng.uniform(0.5, 1.4),
                seed=_seed(rng),
            )

    def _line_on_tissue(self, half_um: float, rng: np.random.Generator) -> NDArray[np.float64]:
        """A bending line, cut to its longest run inside the tissue; the longest of a few tries."""
        best = np.zeros((0, 2))
        for _ in range(12):
            begin = self._in_tissue(rng, 0.9)
            length = min(rng.uniform(800.0, 6000.0), 0.5 * self.side_um)
            line = bent_line(
                rng, (begin.y, begin.x), rng.uniform(0, 2 * np.pi), length, length / 60, 0.5
            )
            inside = self.tissue.tissue_distance(line[:, 0], line[:, 1]) < -1.5 * half_um - 10
            run = _longest_run(inside)
            if len(line[run]) > len(best):
                best = line[run]
            if len(best) > 40:
                break
        return best

    def bubbles(self, rng: np.random.Generator) -> Iterator[Bubble]:
        """Discs of 0.2 to 2 mm; the smaller the rounder."""
        for _ in range(self._number(self.spec.artefacts.bubbles, self.rates.bubbles, rng)):
            wide = float(np.clip(rng.lognormal(math.log(600.0), 0.7), 200.0, 2000.0))
            radius = min(0.5 * wide, 0.12 * self.side_um)
            aspect = math.sqrt(rng.uniform(1.0, 1.0 + radius / 3000.0))
            wobble = waves(rng, 0.03 * min(1.0, radius / 1000.0), 4)
            centre, axes = self._in_tissue(rng, 1.05), (radius * aspect, radius / aspect)
            yield Bubble(
                shape=_settled(wavy_ellipse(rng, centre, axes, rng.uniform(0, np.pi), wobble)),
                ring_um=rng.uniform(9.0, 28.0) * min(1.0, 0.5 + radius / 800.0),
                strength=rng.uniform(0.5, 1.1),
                bleach=rng.uniform(0.15, 0.4),
                defocus_um=rng.uniform(1.0, 2.5),
            )

    def blurs(self, rng: np.random.Generator) -> Iterator[BlurDisc]:
        """Discs of 0.5 to 3 mm that are 2 to 6 µm out of focus in the middle."""
        for _ in range(self._number(self.spec.artefacts.blurs, self.rates.blurs, rng)):
            radius = min(0.5 * rng.uniform(500.0, 3000.0), 0.25 * self.side_um)
            axes = (radius * rng.uniform(0.8, 1.0), radius * rng.uniform(0.6, 1.0))
            ring = wavy_ellipse(
                rng, self._in_tissue(rng, 0.85), axes, rng.uniform(0, np.pi), waves(rng, 0.06, 5)
            )
            yield BlurDisc(
                shape=_settled(ring),
                defocus_um=rng.uniform(2.0, 6.0),
                soft_um=radius * rng.uniform(0.25, 0.5),
            )

    def dust(self, rng: np.random.Generator) -> Iterator[Dust]:
        """Textile fibres and dark specks anywhere on the glass, every other one out of focus."""
        rate = self.rates.dust_per_mm2 * self.area_mm2
        drawn = int(rng.poisson(rate))
        wanted = self.spec.artefacts.dust
        for _ in range(drawn if wanted is None else wanted):
            at = Point(rng.uniform(0, self.height_um), rng.uniform(0, self.width_um))
            tint = (np.array([0.56, 0.58, 0.60]) + rng.uniform(-0.2, 0.2, 3)) * rng.uniform(
                0.4, 1.6
            )
            soft = float(rng.choice([0.0, 1.0]) * rng.uniform(1.5, 7.0))
            shape = self._fibre(at, rng) if rng.uniform() < 0.45 else self._speck(at, rng)
            yield Dust(
                shape=shape, od=(float(tint[0]), float(tint[1]), float(tint[2])), soft_um=soft
            )

    def _fibre(self, at: Point, rng: np.random.Generator) -> Stroke:
        length = min(rng.uniform(80.0, 900.0), 0.3 * self.side_um)
        line = bent_line(rng, (at.y, at.x), rng.uniform(0, 2 * np.pi), length, length / 60, 1.1)
        t = np.linspace(0, 1, len(line))
        # Textile fibres are twisted ribbons: they look thin where they stand on edge.
        twist = 1 + 0.3 * np.sin(2 * np.pi * (rng.uniform(1, 6) * t + rng.uniform()))
        return Stroke(line, on_lattice(rng.uniform(1.5, 6.0) * twist))

    def _speck(self, at: Point, rng: np.random.Generator) -> WavyRing:
        radius = float(np.clip(rng.lognormal(math.log(7.0), 0.6), 2.5, 35.0))
        aspect = math.sqrt(rng.uniform(1.0, 2.2))
        axes = (radius * aspect, radius / aspect)
        return _settled(wavy_ellipse(rng, at, axes, rng.uniform(0, np.pi), waves(rng, 0.12, 7)))

    def dropouts(self, rng: np.random.Generator) -> Iterator[Dropout]:
        """Whole tiles of the scanner's own grid, which all lost tiles of a slide share."""
        step = int(_SCANNER_TILES_PX[int(rng.integers(2))])
        phase, black = rng.integers(0, step, 2), bool(rng.uniform() < 0.35)
        for _ in range(self._number(self.spec.artefacts.dropouts, self.rates.dropouts, rng)):
            at, m = self._in_tissue(rng, 0.95), self.spec.mpp
            top, left = (
                (int(place / m) - int(start)) // step * step + int(start)
                for place, start in zip((at.y, at.x), phase, strict=True)
            )
            yield Dropout(shape=Square(top * m, left * m, step * m), is_black=black)

    def coverslip(self, rng: np.random.Generator) -> Iterator[CoverslipEdge]:
        """Where bubbles are left to the family, the coverslip's rim may show on the glass."""
        seen = rng.uniform() < 0.5 * self.rates.bubbles * self.share
        if self.spec.artefacts.bubbles is None and seen:
            yield CoverslipEdge(shape=self._rim(rng), strength=rng.uniform(0.15, 0.5))

    def _rim(self, rng: np.random.Generator) -> Stroke:
        """A straight line close to one of the slide's four sides."""
        off = rng.uniform(0.004, 0.022) * self.side_um
        tilt = rng.normal(0, 0.003)
        upright, far = rng.uniform() < 0.5, rng.uniform() < 0.5
        long, deep = (self.height_um, self.width_um) if upright else (self.width_um, self.height_um)
        at = deep - off if far else off
        along = np.array([-50.0, long + 50.0])
        across = np.array([at, at + tilt * long])
        line = np.stack([along, across] if upright else [across, along], axis=1)
        return Stroke(on_lattice(line), np.full(2, rng.uniform(4.0, 10.0)))

    def stitches(self, rng: np.random.Generator) -> Iterator[StitchLine]:
        """Where lost tiles are left to the family, the strips of the scanner may show."""
        seen = rng.uniform() < 0.5 * self.rates.dropouts * self.share
        strips = self.spec.size_px[1] // _STRIP_PX
        if self.spec.artefacts.dropouts is None and seen and strips:
            x = int(rng.integers(1, strips + 1)) * _STRIP_PX * self.spec.mpp
            line = on_lattice(np.array([[0.0, x], [self.height_um, x]]))
            yield StitchLine(
                shape=Stroke(line, np.full(2, 2.0)), gain=rng.uniform(0.015, 0.045) * _sign(rng)
            )

    def _number(self, wanted: int | None, rate: float, rng: np.random.Generator) -> int:
        drawn = int(rng.poisson(rate * self.share))
        return drawn if wanted is None else wanted

    def _in_tissue(self, rng: np.random.Generator, reach: float) -> Point:
        """A place in a piece, evenly by area, out to the share ``reach`` of its radius."""
        area = np.array([piece.area_um2 for piece in self.tissue.pieces])
        piece = self.tissue.pieces[int(rng.choice(len(area), p=area / area.sum()))]
        return _at_turn(piece, rng.uniform(0, 2 * np.pi), reach * math.sqrt(rng.uniform()))


def _at_turn(piece: WavyRing, turn: float, out: float) -> Point:
    reach = out * float(piece.radius_um[int(turn / (2 * np.pi) * ANGLES) % ANGLES])
    return Point(
        piece.centre_um.y + reach * math.sin(turn), piece.centre_um.x + reach * math.cos(turn)
    )


def _settled(ring: WavyRing) -> WavyRing:
    """The ring with its numbers on the lattice that strokes keep to."""
    y, x = on_lattice(np.array([ring.centre_um.y, ring.centre_um.x])).tolist()
    return WavyRing(Point(y, x), on_lattice(ring.radius_um))


def _longest_run(inside: NDArray[np.bool_]) -> slice:
    """The longest stretch of True."""
    ends = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(int), [0]])))
    if not len(ends):
        return slice(0, 0)
    starts, stops = ends[::2], ends[1::2]
    k = int(np.argmax(stops - starts))
    return slice(int(starts[k]), int(stops[k]))


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(0, 2**32))


def _sign(rng: np.random.Generator) -> float:
    return 1.0 if rng.uniform() < 0.5 else -1.0
