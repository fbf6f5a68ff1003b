"""Vessels whose truth is known, as the weights of their evidence are fitted on them (`pathoflow.loopnet.combine`)."""

from __future__ import annotations

from collections.abc import Iterator

from shapely.geometry import shape

from pathoflow.loopnet import VesselFeatures
from pathoflow.metrics import Candidate, SlideHits
from pathoflow.mvi import Location, ScoreSettings
from pathoflow.pipeline.scoring.slide import SlideScore


def judged_vessels(score: SlideScore) -> Iterator[tuple[VesselFeatures, bool]]:
    """What was measured in each vessel that was found, and whether it is truly invaded.

    Vessels inside the tumour are left out, because they are not counted, whatever they hold; so are those whose truth
    nobody is sure of.
    """
    rows = [row for row in score.result.vessels if row["location"] != Location.INTRATUMORAL]
    # The likeliest first: of two outlines on one invaded vessel, that one is right.
    rows.sort(key=lambda row: (-(row["p_mvi"] or 0.0), row["id"]))
    hits = SlideHits.of(
        [Candidate(shape(row["outline"]), row["p_mvi"] or 0.0) for row in rows],
        score.reference.positive,
        score.reference.ignored,
        tissue_cm2=float("nan"),
    )
    doubtful = ScoreSettings().doubt_flags
    for row, hit, is_ignored in zip(rows, hits.hits, hits.ignored, strict=True):
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
        yield features, bool(hit)
