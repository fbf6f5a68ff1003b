"""Settings of training with few labels; a weight of 0 leaves its term out.

Two methods are two sets of defaults of the same step, ``[options]`` of a config change any of them:

    evsnet       the corrected reading of the paper: two critics and edge-aware self-supervision; the default of
                 ``pathoflow train``, because it did best of what is compared in ``docs/evsnet.md``
    few-labels   a frozen teacher at the edge and its sure labels, at half the cost
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pathoflow.evsnet.samples import SampleSettings
from pathoflow.training.optimiser import Optimisation

Variant = Literal["default", "released"]


@dataclass(frozen=True, slots=True)
class CriticSettings:
    """The two critics."""

    #: Of what they say in the network's loss; 0 for no critics.
    weight: float = 0.05
    which: Literal["both", "foreground", "background"] = "both"
    samples: SampleSettings = field(default_factory=SampleSettings)
    #: The recipe's small critic learns by Adam with momentum 0, as adversaries do.
    optimisation: Optimisation = field(
        default_factory=lambda: Optimisation(5e-4, 0.0, (0.0, 0.9), "constant", 0.0)
    )


@dataclass(frozen=True, slots=True)
class TeacherSettings:
    """What is learned from a teacher's maps of unlabelled patches."""

    #: "frozen": the averaged network at the end of the warm-up, in six views, once; "online": the average of now.
    kind: Literal["none", "frozen", "online"] = "none"
    #: Squared error within the edge band of its maps.
    band: float = 0.0
    band_kernel: int = 5
    #: Squared error everywhere, as a mean teacher has it.
    everywhere: float = 0.0
    #: Cross entropy to its hard labels where it is sure.
    confident: float = 0.0
    low: float = 0.2
    high: float = 0.8
    #: Maps are made anew from the network of the time, as often as this; spread evenly over the second phase.
    renewals: int = 0
    #: Share of the unlabelled patches that get a rectangle of another one, with the teacher's maps of it.
    mixed: float = 0.0


@dataclass(frozen=True, slots=True)
class EvsSettings:
    """EVS-Net, and what stands beside it."""

    variant: Variant = "default"
    #: Share of the steps on labelled patches alone, before anything else begins.
    warm_share: float = 0.57
    #: Share of the steps over which the other terms rise to their weights; critics learn from the start of it.
    ramp_share: float = 0.12
    #: Edge-aware self-supervision (paper, abstract; released code for the formula).
    self_supervision: float = 0.0
    critics: CriticSettings = field(default_factory=lambda: CriticSettings(weight=0.0))
    teacher: TeacherSettings = field(default_factory=TeacherSettings)
    #: "plain": all terms in one step of the network; "5:5:1": critics and labels every step, the rest every fifth.
    order: Literal["plain", "5:5:1"] = "plain"
    #: Share of labelled patches onto which another one's foreground is pasted.
    paste: float = 0.0
    #: Kernel of erosion and dilation of the released variant, for patches of 128 px; it grows with the side.
    released_kernel: int = 11

    @property
    def is_supervised(self) -> bool:
        """Whether no term looks at unlabelled patches."""
        teaches = self.teacher.kind != "none"
        return not (teaches or self.critics.weight or self.self_supervision)


#: The paper in our reading (`papers` in ``docs/evsnet.md``): critics on exact masks, a detached edge band.
EVSNET = EvsSettings(self_supervision=1.0, critics=CriticSettings())
#: The formulas of the released code.
RELEASED = EvsSettings(
    variant="released", self_supervision=1.0, critics=CriticSettings(weight=1.0), order="5:5:1"
)
FEW_LABELS = EvsSettings(teacher=TeacherSettings("frozen", band=3.0, confident=0.5))
