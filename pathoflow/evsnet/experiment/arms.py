"""The arms: what is done with the unlabelled patches, everything else being equal.

Every arm of a unit begins from the same warm-up (weights, optimiser, average), sees the same labelled patches in the
same order and positions, takes the same number of steps on them, and is judged by its averaged weights.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from pathoflow.evsnet.samples import SampleSettings
from pathoflow.evsnet.settings import (
    EVSNET,
    RELEASED,
    CriticSettings,
    EvsSettings,
    TeacherSettings,
)


@dataclass(frozen=True)
class Arm:
    """One way to learn."""

    title: str
    settings: EvsSettings = field(default_factory=EvsSettings)
    labels: Literal["few", "all"] = "few"
    #: Judged from another arm's training instead of one of its own.
    of: str = ""
    #: The average of the best step on held-out patches, rather than of the last.
    best: bool = False
    #: Maps averaged over six views of every test patch.
    views: bool = False
    #: Begun with the weights of this network, rather than with those of the encoder alone.
    start: str = ""


#: The arm that all are compared with, and the one that has all labels.
BASE, ALL = "A", "Z"

_SURE = TeacherSettings("frozen", confident=0.5)
_EDGE = replace(_SURE, band=3.0)
#: Learned from painted liver slides alone, so it has seen nothing of any real task.
_STARTER = "vessel-starter"

ARMS: dict[str, Arm] = {
    "W": Arm("warm-up only", of="warm"),
    BASE: Arm("supervised"),
    "A-best": Arm("supervised, best early stop", of=BASE, best=True),
    "A-views": Arm("supervised, averaged over 6 views", of=BASE, views=True),
    "B": Arm("+ edge-aware self-supervision", EvsSettings(self_supervision=1.0)),
    "C": Arm("+ both critics", EvsSettings(critics=CriticSettings())),
    "C-exact": Arm(
        "+ both critics, only exact masks are true",
        EvsSettings(critics=CriticSettings(samples=SampleSettings(pure=0.0))),
    ),
    "E-fore": Arm(
        "+ foreground critic alone", EvsSettings(critics=CriticSettings(which="foreground"))
    ),
    "E-back": Arm(
        "+ background critic alone", EvsSettings(critics=CriticSettings(which="background"))
    ),
    "D": Arm("EVS-Net: critics and self-supervision", EVSNET),
    "R": Arm("EVS-Net as released", RELEASED),
    "P": Arm("pseudo-labels", EvsSettings(teacher=_SURE)),
    "M": Arm("mean teacher", EvsSettings(teacher=TeacherSettings("online", everywhere=5.0))),
    "T": Arm("teacher in the edge band + pseudo-labels", EvsSettings(teacher=_EDGE)),
    "T2": Arm(
        "the same, teacher renewed twice",
        EvsSettings(teacher=replace(_EDGE, renewals=2)),
    ),
    "TC": Arm(
        "teacher, pseudo-labels and both critics",
        EvsSettings(teacher=_EDGE, critics=CriticSettings()),
    ),
    "TX": Arm(
        "teacher in the edge band + pseudo-labels, patches mixed",
        EvsSettings(teacher=replace(_EDGE, mixed=1.0)),
    ),
    "SW": Arm("warm-up only, begun with the bundled vessel network", of="warm-S", start=_STARTER),
    "SA": Arm("supervised, begun with the vessel network", start=_STARTER),
    "SP": Arm(
        "pseudo-labels, begun with the vessel network", EvsSettings(teacher=_SURE), start=_STARTER
    ),
    "ST": Arm(
        "teacher in the edge band + pseudo-labels, begun with the vessel network",
        EvsSettings(teacher=_EDGE),
        start=_STARTER,
    ),
    "SD": Arm("EVS-Net, begun with the vessel network", EVSNET, start=_STARTER),
    ALL: Arm("supervised with all labels", labels="all"),
}
