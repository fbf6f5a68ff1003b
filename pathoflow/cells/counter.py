"""Pixels of a vessel to the number of tumour cells in its lumen, by a network or, without one, by classical means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pathoflow.cells.classify import classify_nuclei
from pathoflow.cells.count import CellCount, CountSettings, count_named, lies_inside
from pathoflow.cells.detect import detect_nuclei
from pathoflow.cells.interval import CountCalibration
from pathoflow.cells.named import CLASSICAL, NamedNuclei
from pathoflow.cells.network import CARD_CLASSES, find_nuclei
from pathoflow.errors import UsageError
from pathoflow.tissue import StainScale

if TYPE_CHECKING:
    from pathoflow.networks import Network


@dataclass(frozen=True)
class CellCounter:
    """Counts the tumour cells of vessels, all in one way."""

    network: Network | None = None
    settings: CountSettings = field(default_factory=CountSettings)

    @classmethod
    def of(cls, network: Network | None, settings: CountSettings | None = None) -> CellCounter:
        """A counter that asks ``network``, or the classical detector where there is none.

        Raises
        ------
        UsageError
            The network tells no tumour cells, or other things than nuclei.
        NetworkError
            Its card has a calibration of counts that cannot be read.
        """
        if network is not None:
            card = network.card
            foreign = [name for name in card.classes if name not in CARD_CLASSES]
            if foreign or "tumour_cell" not in card.classes:
                raise UsageError(
                    f"Network {card.name!r} knows {', '.join(card.classes)} and cannot count tumour cells: "
                    f"it must know tumour_cell and nothing but {', '.join(CARD_CLASSES)}."
                )
            CountCalibration.of_card(card.name, card.calibration)
        return cls(network, settings or CountSettings())

    @property
    def method(self) -> str:
        """``network:<name>`` or ``classical``."""
        return CLASSICAL if self.network is None else f"network:{self.network.card.name}"

    @property
    def tells_endothelium(self) -> bool:
        """Whether endothelial nuclei are told from others; classical means cannot."""
        return self.network is not None and "endothelium" in self.network.card.classes

    @property
    def calibration(self) -> CountCalibration:
        """What the intervals rest on: the card's, or that of the classical detector."""
        if self.network is None:
            return self.settings.classical
        return CountCalibration.of_card(self.network.card.name, self.network.card.calibration)

    def count(
        self,
        rgb: NDArray[np.uint8],
        inside: NDArray[np.bool_],
        mpp: float,
        stain: StainScale | None = None,
    ) -> CellCount:
        """Count the tumour cells whose nucleus has its centre in the lumen.

        Parameters
        ----------
        rgb
            Pixels of the vessel with some surroundings, shape ``(h, w, 3)``.
        inside
            True in the lumen, plug included, shape ``(h, w)``.
        mpp
            Micrometres per pixel.
        stain
            White and strength of stain of the slide (`pathoflow.tissue.QualityReport.stain`); a network needs none.

        Raises
        ------
        UsageError
            The shapes differ, the crop is too coarse, or too large for one call.
        NetworkError
            The network answers with NaN.
        OutOfMemory
            A tile of the crop does not fit into the network's memory.
        """
        return self.count_found(self.find(rgb, inside, mpp, stain), inside, mpp)

    def count_found(self, nuclei: NamedNuclei, inside: NDArray[np.bool_], mpp: float) -> CellCount:
        """`count` of nuclei that `find` found."""
        return count_named(nuclei, inside, mpp, self.calibration, self.settings)

    def find(
        self,
        rgb: NDArray[np.uint8],
        inside: NDArray[np.bool_],
        mpp: float,
        stain: StainScale | None = None,
    ) -> NamedNuclei:
        """The nuclei with their centre in the lumen, whatever they are; parameters and errors as in `count`."""
        if rgb.shape[:2] != inside.shape:
            raise UsageError(
                f"The lumen's mask has shape {inside.shape}, its pixels {rgb.shape[:2]}; cut both from one box."
            )
        if self.network is not None:
            found = find_nuclei(self.network, rgb, mpp, inside, self.settings.maps)
            return found.where(lies_inside(found.centres_px, inside))
        nuclei = detect_nuclei(rgb, mpp, self.settings.nucleus, stain)
        # Those of the wall and beyond would lend their evidence.
        own = nuclei.where(lies_inside(nuclei.centres_px, inside))
        return classify_nuclei(own, mpp, self.settings.classify)


def count_tumour_cells(
    rgb: NDArray[np.uint8],
    inside: NDArray[np.bool_],
    mpp: float,
    settings: CountSettings | None = None,
    scale: StainScale | None = None,
) -> CellCount:
    """`CellCounter.count` by classical means."""
    return CellCounter.of(None, settings).count(rgb, inside, mpp, scale)
