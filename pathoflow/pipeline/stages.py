"""The stages of one slide, in the order in which they run; each takes what the earlier ones found.

quality ─> maps ─> labels ─> parting ─> outlines ─> tumour ─> descriptions ─> lumina ─> findings ─> proposal
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from shapely import Polygon

from pathoflow.cells import CellCounter
from pathoflow.errors import Code
from pathoflow.inference import RunBlocks, Target, Work, measure_domain, stream_blocks
from pathoflow.loopnet import VesselClassifier
from pathoflow.mvi import (
    EdgeDistance,
    Location,
    TumourSurroundings,
    VesselEvidence,
    judge_vessel,
    propose,
)
from pathoflow.networks import Network
from pathoflow.pipeline.compose import Analysis, Remark, VesselFinding
from pathoflow.pipeline.lumen import LumenContent, LumenReader
from pathoflow.pipeline.maps import Maps, level_count, predict_maps, shard
from pathoflow.pipeline.ready import Ready
from pathoflow.pipeline.settings import RunSettings
from pathoflow.pipeline.unreadable import note_damage
from pathoflow.slide import Slide
from pathoflow.space import Box, Frame
from pathoflow.store import Label, Pyramid, PyramidSpec, ResultFolder, create_pyramid, open_pyramid
from pathoflow.tiles import Lattice
from pathoflow.tissue import QualityReport, TissueMask, assess_slide
from pathoflow.vessels import (
    Either,
    Traced,
    Vessel,
    VesselDescription,
    box_around,
    describe_vessels,
    label_vessels,
    paint_outlines,
    paint_regions,
    split_touching,
    trace_regions,
    trace_vessels,
)
from pathoflow.vessels.split import Labelled

#: Called with (step's name, done, total).
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Bench:
    """What every stage of one slide works with."""

    folder: ResultFolder
    #: Those that map the whole slide.
    networks: Sequence[Network]
    #: Who counts tumour cells.
    counter: CellCounter
    #: Who judges whole vessels by their cells; None for nobody.
    classifier: VesselClassifier | None
    settings: RunSettings
    tell: Tell
    #: Who predicts the blocks.
    run_blocks: RunBlocks = stream_blocks

    @classmethod
    def of(cls, folder: ResultFolder, ready: Ready, tell: Tell, run_blocks: RunBlocks) -> Bench:
        """With the networks of a run."""
        counter = CellCounter.of(ready.cell_network, ready.settings.cells)
        return cls(
            folder, ready.networks, counter, ready.classifier, ready.settings, tell, run_blocks
        )


def look_over(analysis: Analysis, bench: Bench) -> None:
    """Tissue, quality, and whether the tissue is anything that the networks know."""
    bench.tell("tissue and quality", 0, 0)
    quality = assess_slide(analysis.slide, bench.settings.quality)
    analysis.quality = quality
    analysis.remarks += [Remark.of(flag) for flag in quality.flags]
    if quality.is_rejected:
        return
    distances = [
        distance
        for network in bench.networks
        if (distance := measure_domain(Target(analysis.slide, quality.tissue, [network]), network))
    ]
    foreign = [distance for distance in distances if distance.is_foreign]
    if foreign:
        worst = max(foreign, key=lambda distance: distance.distance / distance.limit)
        analysis.remarks.append(
            Remark(
                Code.OOD_ORGAN,
                "warning",
                f"The tissue is unlike what network {worst.network} learned from (distance {worst.distance:.1f}, limit "
                f"{worst.limit:.1f}): it may not be liver, or not look like the training slides; outlines and counts "
                "are not to be trusted, and no grade is proposed.",
            )
        )


def map_slide(analysis: Analysis, bench: Bench) -> Maps:
    """Probability maps of all classes; a slide with too many unreadable pixels is failed here."""
    assert analysis.quality is not None
    maps = predict_maps(
        analysis.slide,
        analysis.quality.tissue,
        bench.networks,
        bench.folder,
        bench.settings,
        Work(lambda done, total: bench.tell("networks", done, total), bench.run_blocks),
    )
    if maps.n_resumed:
        # Told, not written down: an interrupted run ends with the same result as one that was not.
        bench.tell(f"{Code.RESUMED}: {maps.n_resumed} blocks were done before", 0, 0)
    if maps.tally.failed:
        bench.tell("unreadable pixels", 0, 0)
        mpps = sorted({network.card.mpp for network in bench.networks})
        note_damage(analysis, maps.tally, mpps, bench.settings.inference)
    return maps


def find_vessels(analysis: Analysis, maps: Maps, bench: Bench) -> list[Vessel]:
    """Label map and records of all vessels."""
    assert analysis.quality is not None
    bench.tell("vessels", 0, 0)
    vessel, slide, settings = maps.by_class["vessel"], analysis.slide, bench.settings
    labels = create_labels("vessels", vessel.frame, slide, bench)
    how = replace(
        settings.labels,
        threshold=vessel.network.card.threshold,
        block_px=settings.inference.block_px,
    )
    lumen = maps.by_class.get("lumen")
    is_one_grid = lumen is not None and lumen.frame == vessel.frame
    shown = Either(vessel.pyramid, lumen.pyramid) if lumen and is_one_grid else vessel.pyramid
    objects = label_vessels(shown, labels, how)
    whole = Labelled(shown, labels, vessel.frame, slide.mpp, how.threshold, lumen)
    objects = split_touching(whole, objects, settings.split)
    labels.build_levels()
    tissue = analysis.quality.tissue
    source = Traced(
        labels,
        vessel.frame,
        slide.mpp,
        slide.sha256,
        lambda box: tissue.resample(box, vessel.frame),
    )
    return trace_vessels(source, objects)


def find_tumours(analysis: Analysis, maps: Maps, vessels: Sequence[Vessel], bench: Bench) -> None:
    """The tumour mass, as outlines and as label map."""
    bench.tell("tumour", 0, 0)
    tumour, slide, settings = maps.by_class["tumour"], analysis.slide, bench.settings
    regions = trace_regions(
        tumour.pyramid, tumour.frame, slide.mpp, settings.tumour, [v.outline for v in vessels]
    )
    analysis.tumours = regions
    labels = create_labels("tumour", tumour.frame, slide, bench)
    paint_regions(regions, labels, tumour.frame, settings.inference.block_px)
    labels.build_levels()
    if not regions:
        analysis.remarks.append(
            Remark(
                Code.NO_TUMOUR,
                "warning",
                "No tumour mass was found: distances are unknown; state the block's site to grade.",
            )
        )


def keep_tissue(analysis: Analysis, bench: Bench) -> None:
    """The tissue pieces as label map."""
    assert analysis.quality is not None
    tissue, slide, settings = analysis.quality.tissue, analysis.slide, bench.settings
    labels = create_labels("tissue", tissue.frame, slide, bench)
    for block in Lattice(labels.size, settings.inference.block_px):
        pieces = tissue.labels[block.box.slices]
        if pieces.any():
            labels.write(block.box, pieces.astype(np.uint32))
    labels.build_levels()


def create_labels(name: str, frame: Frame, slide: Slide, bench: Bench) -> Pyramid:
    """An empty label image ``labels/<name>`` on the grid of ``frame``."""
    spec = PyramidSpec.on_slide(
        "uint32", frame.mpp(slide.mpp), slide.mpp, level_count(slide, bench.networks)
    )
    spec = shard(spec, bench.settings)
    return create_pyramid(bench.folder.analysis, f"labels/{name}", frame.size(slide.size), spec)


def look_inside(analysis: Analysis, maps: Maps, vessels: Sequence[Vessel], bench: Bench) -> None:
    """Evidence, score and place of every vessel; then the proposal."""
    assert analysis.quality is not None
    slide, settings = analysis.slide, bench.settings
    quality = analysis.quality
    bench.tell("kinds", 0, len(vessels))
    described = describe_vessels(
        vessels, maps.by_class, analysis.tumours, slide.mpp, settings.describe
    )
    reader = LumenReader(
        slide,
        maps.by_class["tumour"],
        settings.candidates,
        bench.counter,
        quality.stain if quality.allows_cell_count else None,
        bench.classifier,
    )
    combination = bench.classifier.card.combination if bench.classifier else None
    lumens = [description.shape.lumen for description in described]
    surroundings = TumourSurroundings.of(
        [region.outline for region in analysis.tumours],
        slide.mpp,
        [piece.outline for piece in analysis.quality.tissue.pieces],
    )
    bench.tell("cells", 0, len(vessels))
    for done, (vessel, description, content) in enumerate(
        zip(vessels, described, reader.read_all(vessels, lumens), strict=True), start=1
    ):
        location, distance = surroundings.locate(vessel.outline, settings.criteria)
        flags = touched_flags(vessel.outline, quality)
        evidence = evidence_of(vessel, description, content, (location, distance), flags)
        judged = judge_vessel(evidence, settings.criteria, settings.score, combination)
        piece = piece_under(vessel.outline, quality.tissue)
        analysis.findings.append(
            VesselFinding(vessel, description, content, distance, location, judged, piece)
        )
        bench.tell("cells", done, len(vessels))
    distrust = [
        remark.message
        for remark in analysis.remarks
        if remark.code in (Code.OOD_ORGAN, Code.BIOPSY, Code.OOD_FROZEN)
    ]
    analysis.systems = propose([f.judged for f in analysis.findings], settings.criteria, distrust)


def evidence_of(
    vessel: Vessel,
    description: VesselDescription,
    content: LumenContent,
    place: tuple[Location, EdgeDistance],
    flags: tuple[str, ...],
) -> VesselEvidence:
    """Everything that was measured of one vessel, as it is judged."""
    location, distance = place
    return VesselEvidence(
        id=vessel.id,
        p_vessel=vessel.p_vessel,
        p_tumour_in_lumen=content.tumour_probability,
        tumour_in_lumen_fraction=content.tumour_fraction,
        n_cells=content.n_cells,
        n_cells_interval=content.interval,
        location=location,
        dist_edge_um=distance.dist_edge_um,
        kind=description.suggestion.kind,
        muscular_wall=description.suggestion.muscular_wall,
        flags=flags,
        classifier_odds=content.classifier_odds,
        wall_um=description.shape.wall_thickness_um,
        lining_per_100_um=content.lining_per_100_um,
        tumour_around=content.tumour_around,
        tumour_cell_share=content.tumour_cell_share,
    )


def piece_under(outline: Polygon, tissue: TissueMask) -> int | None:
    """The tissue piece that most of ``outline`` lies on; None where it lies on none."""
    box = box_around(outline, tissue.frame).intersect(Box(0, 0, *tissue.labels.shape))
    if box.is_empty:
        return None
    under = tissue.labels[box.slices][paint_outlines([outline], box, tissue.frame)]
    if not under.any():
        # Thinner than the mask's pixels, or on none.
        under = tissue.labels[box.slices].ravel()
    counts = np.bincount(under[under > 0])
    return int(counts.argmax()) if len(counts) else None


def touched_flags(outline: Polygon, quality: QualityReport) -> tuple[str, ...]:
    """Codes of the quality remarks whose place ``outline`` touches, such as ink over a vessel."""
    frame = quality.tissue.frame
    touched = []
    for flag in quality.flags:
        if flag.mask is None:
            continue
        # A pixel more on every side: what touches the ink without lying under it is meant too.
        box = box_around(outline, frame).grow(1).intersect(Box(0, 0, *flag.mask.shape))
        grown = outline.buffer(frame.scale_y)
        if (flag.mask[box.slices] & paint_outlines([grown], box, frame)).any():
            touched.append(str(flag.code))
    return tuple(touched)


#: Colours of the vessel labels (red, green, blue, opacity), told apart by colour-blind eyes too.
_CANDIDATE, _OTHER = (213, 94, 0, 255), (0, 114, 178, 255)


def name_labels(analysis: Analysis, bench: Bench) -> None:
    """Give every value of the vessel labels its colour, its UUID and its score."""
    labels = open_pyramid(bench.folder.analysis, "labels/vessels", "r+")
    labels.describe_labels(
        [
            Label(
                found.vessel.label,
                _CANDIDATE if found.judged.is_candidate else _OTHER,
                {"uuid": found.vessel.id, "class": "Vessel", "p_mvi": round(found.judged.p_mvi, 4)},
            )
            for found in analysis.findings
        ]
    )
