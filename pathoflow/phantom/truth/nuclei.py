"""Every nucleus that a box of a plan shows, with its kind: the painter's own calls, without its pixels.

The painter lays its tissues on a canvas that keeps a roll (`painter.roll`): who was pressed where, and what a later
layer covered. So the list cannot drift from what is painted, and what lies under a wall, a fold of stroma or dead
tissue is not on it. Not listed are drops of fat and nuclear dust, which are no nuclei. A granulocyte has one entry per
lobe. The second layer of a fold is not listed; `Truth.quality_labels` says where folds lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.roll import Roll
from pathoflow.phantom.painter.silhouette import ragged_edge
from pathoflow.phantom.painter.slide import paint_tissue
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.shapes.cells import CellKind
from pathoflow.space import Box, Frame, Size

#: A nucleus is listed where at least this share of it is to be seen.
_SEEN = 0.5
#: No nucleus reaches further from its centre, µm.
_REACH_UM = 14.0
#: A canvas of this size stays in the processor's cache.
_PIECE = Size(512, 512)


@dataclass(frozen=True, eq=False)
class TrueNuclei:
    """Nuclei of a box, from top to bottom.

    Attributes
    ----------
    places_px
        Centres, rows of (y, x) in pixels of the frame from the slide's corner, shape ``(n, 2)``; pixel 0 reaches from
        0 to 1.
    kinds
        `CellKind` of each, red cells among them, shape ``(n,)``.
    """

    places_px: NDArray[np.float64]
    kinds: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.kinds)

    def of(self, *kinds: CellKind) -> NDArray[np.float64]:
        """Centres of some kinds, shape ``(m, 2)``."""
        return self.places_px[np.isin(self.kinds, kinds)]


def nuclei_in(plan: Plan, box: Box, frame: Frame) -> TrueNuclei:
    """The nuclei whose centres lie in ``box`` of ``frame``; a box has the same as its pieces together."""
    level0 = frame.box_to_level0(box).intersect(plan.size.box())
    places, kinds = [np.zeros((0, 2))], [np.zeros(0, np.uint8)]
    if not level0.is_empty:
        for piece in level0.size.box().pieces(_PIECE):
            found = _nuclei_of(plan, piece.shift(level0.top, level0.left), frame)
            places.append(found.places_px)
            kinds.append(found.kinds)
    every, kind = np.concatenate(places), np.concatenate(kinds)
    y, x = every.T
    inside = (y >= box.top) & (y < box.bottom) & (x >= box.left) & (x < box.right)
    every, kind = every[inside], kind[inside]
    order = np.lexsort((every[:, 1], every[:, 0]))
    return TrueNuclei(every[order], kind[order])


def _nuclei_of(plan: Plan, piece: Box, frame: Frame) -> TrueNuclei:
    """Those whose centres lie in ``piece``, a level-0 box; in pixels of ``frame``."""
    mpp = plan.spec.mpp
    grown = piece.grow(int(np.ceil(_REACH_UM / mpp)))
    canvas = Canvas(grown, mpp, Roll.of(grown.size.shape))
    assert canvas.roll is not None
    to_glass = canvas.interpolate(plan.tissue.tissue_distance)
    if float(to_glass.min()) < _REACH_UM:
        paint_tissue(plan, canvas)
        canvas.hide(1 - canvas.soft(ragged_edge(plan, canvas, to_glass)))
    seen = canvas.roll.seen()
    y, x = (seen.places_um / mpp).T
    own = (y >= piece.top) & (y < piece.bottom) & (x >= piece.left) & (x < piece.right)
    keep = own & (seen.share >= _SEEN)
    scale = mpp * np.array([frame.scale_y, frame.scale_x])
    return TrueNuclei(seen.places_um[keep] / scale, seen.kinds[keep])
