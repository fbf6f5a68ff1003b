"""How tumour cells lie in a vein: filling it, adherent to its wall, or floating."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon


class Attachment(StrEnum):
    """The words of the vessel table."""

    ADHERENT = "adherent"
    FLOATING = "floating"
    FILLING = "filling"


@dataclass(frozen=True, slots=True)
class AttachmentSettings:
    """Where the three part; our choice."""

    #: From this share of the lumen under tumour on, the vein is filled: a plug shrinks from the wall when it is fixed.
    filling: float = 0.7
    #: A nucleus this near to the lumen's outline belongs to a cell at the wall: the breadth of a carcinoma cell.
    at_wall_um: float = 12.0
    #: Share of the cells at the wall from which a plug is attached: one of ten, for a stalk may be narrow.
    adherent: float = 0.1


def attachment_of(
    centres: NDArray[np.float64],
    lumen: Polygon,
    um_per_unit: float,
    tumour_fraction: float,
    settings: AttachmentSettings | None = None,
) -> Attachment | None:
    """How the cells at ``centres`` lie in ``lumen``; None without any.

    Parameters
    ----------
    centres
        Nuclei of tumour cells, rows of (y, x), shape ``(n, 2)``.
    lumen
        The lumen's outline, (x, y), in the units of ``centres``.
    um_per_unit
        Micrometres per unit of both; that of level 0 for level-0 pixels.
    tumour_fraction
        Share of the lumen under tumour, 0 to 1.
    """
    settings = settings or AttachmentSettings()
    if not len(centres):
        return None
    if tumour_fraction >= settings.filling:
        return Attachment.FILLING
    away = shapely.distance(shapely.points(centres[:, ::-1]), lumen.exterior) * um_per_unit
    at_wall = float(np.mean(away <= settings.at_wall_um))
    return Attachment.ADHERENT if at_wall >= settings.adherent else Attachment.FLOATING
