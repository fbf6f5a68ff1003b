"""Nuclei inside a vessel to classes, and to a score for being a tumour cell.

Each class states how large, dark and elongated its nuclei are cut by a section of 4 µm, as independent normal distributions of
log area, haematoxylin and log elongation. Like cells lie together in a plug, and a single cap of a nucleus says little, so
the evidence of each nucleus is its own plus a share of its neighbours'. The score is the posterior of the class tumour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pathoflow.cells.detect import Nuclei
from pathoflow.cells.named import CLASSICAL, NamedNuclei, NucleusClass


@dataclass(frozen=True, slots=True)
class NucleusLook:
    """How the nuclei of one class look; spreads are wide on purpose, a laboratory's stain is not ours."""

    #: Typical area, µm², and standard deviation of its natural logarithm (sections show caps).
    area_um2: float
    area_log_sd: float
    #: Haematoxylin relative to the slide.
    haematoxylin: float
    haematoxylin_sd: float
    #: Long over short axis, and standard deviation of its natural logarithm.
    elongation: float = 1.20
    elongation_log_sd: float = 0.25

    def log_likelihood(self, nuclei: Nuclei) -> NDArray[np.float64]:
        """Log density of each nucleus, shape ``(n,)``."""
        deviations = (
            (np.log(nuclei.area_um2 / self.area_um2), self.area_log_sd),
            (nuclei.haematoxylin - self.haematoxylin, self.haematoxylin_sd),
            (np.log(nuclei.elongation / self.elongation), self.elongation_log_sd),
        )
        total = np.zeros(len(nuclei))
        for deviation, spread in deviations:
            total -= (deviation / spread) ** 2 / 2 + math.log(spread)
        return total


def _default_looks() -> dict[NucleusClass, NucleusLook]:
    return {
        # Low-grade 70, high-grade 86 µm² (ratio to benign 1.75 and 2.14: Cheah 2007).
        NucleusClass.TUMOUR: NucleusLook(74.0, 0.48, 0.50, 0.18),
        # 40 µm², diameter 7.1; some polyploid.
        NucleusClass.HEPATOCYTE: NucleusLook(43.0, 0.40, 0.41, 0.13),
        # Lymphocytes 5 to 7 µm across; the lobes of a neutrophil count as small nuclei.
        NucleusClass.LEUCOCYTE: NucleusLook(30.0, 0.40, 0.60, 0.18),
        # Flat, 2-4 x 8-20 µm.
        NucleusClass.ENDOTHELIUM: NucleusLook(
            38.0, 0.50, 0.52, 0.18, elongation=2.6, elongation_log_sd=0.30
        ),
    }


@dataclass(frozen=True, slots=True)
class ClassifySettings:
    """How evidence becomes classes; every field carries its reason."""

    looks: dict[NucleusClass, NucleusLook] = field(default_factory=_default_looks)
    #: Cells this near share their evidence: two cell diameters.
    neighbour_um: float = 35.0
    #: What all neighbours together weigh against the nucleus itself; lymphocytes inside a plug must stay visible.
    neighbour_weight: float = 1.2
    #: Odds of tumour against each other class before looking: plugs of benign hepatocytes in veins
    #: are rarer than carcinoma, but naming them carcinoma is the worse mistake.
    tumour_odds: float = 1.5
    #: A nucleus that no class explains better than this many standard deviations is `other`.
    max_deviation: float = 4.0


def classify_nuclei(
    nuclei: Nuclei, mpp: float, settings: ClassifySettings | None = None
) -> NamedNuclei:
    """Name each nucleus of one vessel.

    Parameters
    ----------
    nuclei
        Nuclei inside the vessel only: those of the wall and beyond would lend their evidence.
    mpp
        Micrometres per pixel of ``nuclei.centres_px``.
    """
    settings = settings or ClassifySettings()
    order = tuple(NucleusClass)
    if not len(nuclei):
        return NamedNuclei(np.zeros((0, 2)), np.zeros((0, len(order))), CLASSICAL)
    named = tuple(name for name in order if name in settings.looks)
    own = np.stack([settings.looks[name].log_likelihood(nuclei) for name in named], axis=1)
    shared = own + settings.neighbour_weight * _neighbour_mean(
        own, nuclei.centres_px * mpp, settings.neighbour_um
    )
    shared[:, named.index(NucleusClass.TUMOUR)] += math.log(settings.tumour_odds)
    posterior = np.exp(shared - shared.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    probability = np.zeros((len(nuclei), len(order)))
    probability[:, [order.index(name) for name in named]] = posterior
    strange = _is_strange(own, named, settings)
    probability[strange] = 0
    probability[strange, order.index(NucleusClass.OTHER)] = 1
    return NamedNuclei(nuclei.centres_px, probability, CLASSICAL)


def _neighbour_mean(
    evidence: NDArray[np.float64], places_um: NDArray[np.float64], radius_um: float
) -> NDArray[np.float64]:
    """Mean evidence of the other nuclei within ``radius_um``; zero for a lone nucleus."""
    tree = cKDTree(places_um)
    pairs = tree.query_pairs(radius_um, output_type="ndarray")
    total = np.zeros_like(evidence)
    count = np.zeros(len(evidence))
    for one, other in ((0, 1), (1, 0)):
        np.add.at(total, pairs[:, one], evidence[pairs[:, other]])
        np.add.at(count, pairs[:, one], 1)
    return np.asarray(total / count.clip(1)[:, None], dtype=np.float64)


def _is_strange(
    own: NDArray[np.float64], named: tuple[NucleusClass, ...], settings: ClassifySettings
) -> NDArray[np.bool_]:
    """Whether every class lies more than ``max_deviation`` away, in each class's own spread."""
    looks = [settings.looks[name] for name in named]
    peaks = np.array(
        [
            -math.log(look.area_log_sd * look.haematoxylin_sd * look.elongation_log_sd)
            for look in looks
        ]
    )
    squared = 2 * (peaks - own)
    return np.asarray(squared.min(axis=1) > settings.max_deviation**2, dtype=np.bool_)
