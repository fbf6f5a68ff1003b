"""All vessels of a slide described at once: shape, surroundings, and the kind that they suggest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pathoflow.space import Mpp
from pathoflow.vessels.capsule import Capsule, CapsuleSettings
from pathoflow.vessels.kind import Kind
from pathoflow.vessels.measure import VesselShape, measure_vessel
from pathoflow.vessels.record import Vessel
from pathoflow.vessels.region import Region
from pathoflow.vessels.suggest import Evidence, KindSuggestion, SuggestSettings, suggest_kind
from pathoflow.vessels.surroundings import Neighbourhood, Surroundings, SurroundingsSettings
from pathoflow.vessels.window import ClassMap


@dataclass(frozen=True, slots=True)
class DescribeSettings:
    """How vessels are described."""

    surroundings: SurroundingsSettings = field(default_factory=SurroundingsSettings)
    capsule: CapsuleSettings = field(default_factory=CapsuleSettings)
    suggest: SuggestSettings = field(default_factory=SuggestSettings)


@dataclass(frozen=True)
class VesselDescription:
    """One vessel, measured and looked at from outside."""

    shape: VesselShape
    surroundings: Surroundings
    #: What the suggestion leans on.
    evidence: Evidence
    suggestion: KindSuggestion


def describe_vessels(
    vessels: Sequence[Vessel],
    maps: Mapping[str, ClassMap],
    tumours: Sequence[Region],
    slide_mpp: Mpp,
    settings: DescribeSettings,
) -> list[VesselDescription]:
    """Describe ``vessels``, in their order.

    Parameters
    ----------
    maps
        Probability maps by class; ``lumen``, ``stroma`` and ``duct`` are used where they are there. Without them what
        they would tell is None, and the kind unknown.
    tumours
        Outlines of the tumour mass, for the capsule.
    """
    in_capsule: list[bool | None] = [None] * len(vessels)
    if "stroma" in maps:
        capsule = Capsule(maps["stroma"], tumours, slide_mpp, settings.capsule)
        in_capsule = [*capsule.holds([vessel.outline for vessel in vessels])]
    found: dict[int, tuple[VesselShape, Surroundings, Evidence]] = {}
    for at, patch, around in Neighbourhood(vessels, maps, slide_mpp, settings.surroundings).look():
        shape = measure_vessel(vessels[at].outline, patch, slide_mpp)
        found[at] = shape, around, _evidence(vessels[at], shape, around, in_capsule[at])
    # Arteries are known by themselves; then every vessel is looked at with them as companions.
    arteries = {
        at
        for at, (_, _, alone) in found.items()
        if suggest_kind(alone, settings.suggest).kind is Kind.ARTERY
    }
    described = []
    for at in range(len(vessels)):
        shape, around, evidence = found[at]
        if around.neighbours is not None and shape.lumen_fraction is not None:
            evidence = replace(evidence, n_arteries=len(arteries.intersection(around.neighbours)))
        suggestion = suggest_kind(evidence, settings.suggest)
        described.append(VesselDescription(shape, around, evidence, suggestion))
    return described


def _evidence(
    vessel: Vessel, shape: VesselShape, around: Surroundings, in_capsule: bool | None
) -> Evidence:
    lumen_um = None
    if shape.lumen_fraction:
        lumen_um = vessel.equivalent_diameter_um * math.sqrt(shape.lumen_fraction)
    return Evidence(
        diameter_um=vessel.equivalent_diameter_um,
        elongation=None if vessel.is_truncated else shape.elongation,
        wall_thickness_um=shape.wall_thickness_um,
        lumen_diameter_um=lumen_um,
        stroma_share=around.stroma_share,
        n_ducts=around.n_ducts,
        duct_um=around.duct_um,
        in_capsule=in_capsule,
    )
