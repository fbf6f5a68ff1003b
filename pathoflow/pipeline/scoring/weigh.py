"""Vessels whose truth is known, as the weights of their evidence are fitted on them (`pathoflow.loopnet.combine`)."""

from __future__ import annotations

from collections.abc import Iterator

from shapely.geometry import shape

from pathoflow.loopnet import KnownVessel, VesselFeatures
from pathoflow.metrics import Candidate, SlideHits
from pathoflow.mvi import Location, ScoreSettings
from pathoflow.pipeline.scoring.slide import SlideScore


def judged_vessels(score: SlideScore) -> Iterator[KnownVessel]:
    """What was measured in each outline, and whether it is truly a vessel, and an invaded one.

    Vessels inside the tumour are left out, because they are not counted, whatever they hold; so are those whose truth
    nobody is sure of.
    """
    rows = [row for row in score.result.vessels if row["location"] != Location.INTRATUMORAL]
    # The likeliest first: of two outlines on one invaded vessel, that one is right.
    rows.sort(key=lambda row: (-(row["p_mvi"] or 0.0), row["id"]))
    candidates = [Candidate(shape(row["outline"]), row["p_mvi"] or 0.0) for row in rows]
    hits = SlideHits.of(candidates, score.reference.positive, score.reference.ignored)
    true = SlideHits.of(candidates, [vessel.outline for vessel in score.reference.vessels])
    doubtful = ScoreSettings().doubt_flags
    for row, hit, is_ignored, vessel in zip(rows, hits.hits, hits.ignored, true.hits, strict=True):
        if is_ignored:
            continue
        features = VesselFeatures(
            row["p_vessel"],
            row["p_tumour_in_lumen"],
            row["tumour_in_lumen_fraction"],
            row["n_tumour_cells"],
            len(doubtful.intersection(row["flags"])),
            row["wall_thickness_um"],
            row["lining_per_100_um"],
            row["tumour_around_fraction"],
            row["tumour_cell_share"],
            row["classifier_odds"],
        )
        yield KnownVessel(features, bool(vessel), bool(hit))
