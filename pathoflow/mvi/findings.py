"""From what the machine measured in one vessel to a number with reasons, and from numbers to a proposal.

Where a vessel classifier brings weights that were fitted on vessels set aside (`pathoflow.loopnet.combine`), the number is
a calibrated probability, with one term for each thing that was measured. Without them it is a score, a
product of four shares, each in [0, 1], so that every one of them can veto:

    p_mvi = p_vessel * p_tumour_in_lumen * amount * trust

    amount = 1 - 2 ** (-n_cells / half_cells)              cells were counted
           = 1 - 2 ** (-lumen share / half_lumen_share)    they were not
    trust  = doubt_factor ** (number of doubtful flags)

That is for sorting and listing, not a calibrated probability. Worked example: a sure vessel (0.9)
with 12 cells (amount 0.94) whose lumen looks like carcinoma (0.85) gets 0.72; with 2 cells, 0.28.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pathoflow.errors import Code
from pathoflow.loopnet.combine import Combination, VesselFeatures
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import InvadedVessel, Kind, Location, MuscularWall, Status
from pathoflow.mvi.grade import Grade, grade_case, refuse_grades
from pathoflow.mvi.language import Phrase, Sentence, phrase
from pathoflow.mvi.sentences import say
from pathoflow.mvi.wording import plural

#: Every reason list of a proposal starts with this.
UNREVIEWED = say(Phrase("proposal.unreviewed"))


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """The numbers of the score; all are our choice.

    Raises
    ------
    ValueError
        If a half value is not positive or the factor leaves [0, 1].
    """

    half_cells: float = 3.0
    """Cells at which the amount reaches one half; 12 cells then give 0.94."""
    half_lumen_share: float = 0.05
    """Share of the lumen at which the amount reaches one half where cells were not counted."""
    doubt_factor: float = 0.5
    """What is left of the score for each doubtful flag."""
    doubt_flags: frozenset[str] = frozenset({Code.PEN, Code.FOLD, Code.BLUR, Code.ARTEFACT})
    """Flags of a vessel that make what was seen in it doubtful."""

    def __post_init__(self) -> None:
        if self.half_cells <= 0 or self.half_lumen_share <= 0:
            raise ValueError("half_cells and half_lumen_share must be positive")
        if not 0 <= self.doubt_factor <= 1:
            raise ValueError(f"doubt_factor must lie in [0, 1], got {self.doubt_factor}")


@dataclass(frozen=True, slots=True)
class VesselEvidence:
    """What the machine measured in one vessel.

    Raises
    ------
    ValueError
        If a share or probability leaves [0, 1]; this also catches NaN.
    """

    id: str
    p_vessel: float
    """How sure the outline is a vessel, mean over it."""
    p_tumour_in_lumen: float
    """Mean tumour probability over the part of the lumen that holds tissue; 0 for an empty lumen."""
    tumour_in_lumen_fraction: float
    """Share of the lumen's area that looks like carcinoma."""
    n_cells: int | None = None
    """Tumour cells in the lumen; None where they could not be counted."""
    n_cells_interval: tuple[int, int] | None = None
    location: Location = Location.UNKNOWN
    dist_edge_um: float | None = None
    kind: Kind = Kind.UNKNOWN
    muscular_wall: MuscularWall = MuscularWall.UNKNOWN
    flags: tuple[str, ...] = ()
    classifier_odds: float | None = None
    """Calibrated log-odds of the vessel classifier; None where it has not looked."""
    wall_um: float | None = None
    """Median thickness of the wall, µm; None where it was not measured."""
    lining_per_100_um: float | None = None
    """Endothelial nuclei along the outline, per 100 µm of it; None where they were not told from others."""
    tumour_around: float = 0.0
    """Share of what surrounds the outline that is tumour."""
    tumour_cell_share: float | None = None
    """Share of the nuclei in the lumen that are tumour cells'; None where there are none, or were not counted."""

    def __post_init__(self) -> None:
        for name in ("p_vessel", "p_tumour_in_lumen", "tumour_in_lumen_fraction"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(
                    f"vessel {self.id}: {name} must lie in [0, 1], got {getattr(self, name)}"
                )


class Standing(StrEnum):
    """What the score makes of a vessel."""

    CALLED = "called"
    LISTED = "listed"
    UNLISTED = "unlisted"


@dataclass(frozen=True)
class MachineFinding:
    """A vessel with its score, its standing and the reasons of both."""

    evidence: VesselEvidence
    p_mvi: float
    standing: Standing
    reasons: list[str] = field(default_factory=list)
    is_probability: bool = False
    """Whether `p_mvi` is calibrated; otherwise it is a score."""

    @property
    def is_candidate(self) -> bool:
        """Whether a reader should look at it."""
        return self.standing is not Standing.UNLISTED

    def as_vessel(self) -> InvadedVessel:
        """The vessel as grading sees it: called is taken as accepted, listed as uncertain."""
        status = {
            Standing.CALLED: Status.ACCEPTED,
            Standing.LISTED: Status.UNCERTAIN,
            Standing.UNLISTED: Status.REJECTED,
        }[self.standing]
        seen = self.evidence
        return InvadedVessel(
            seen.id,
            seen.dist_edge_um,
            seen.n_cells,
            seen.location,
            status,
            seen.muscular_wall,
            seen.kind,
            seen.n_cells_interval,
        )


def judge_vessel(
    evidence: VesselEvidence,
    criteria: MviCriteria | None = None,
    settings: ScoreSettings | None = None,
    combination: Combination | None = None,
) -> MachineFinding:
    """Weigh one vessel and decide whether it is called, listed or neither.

    A vessel inside the tumour gets 0 unless intratumoral vessels are included. Too few cells keep a
    vessel off the list; a number high enough for calling asks for no number of cells.
    """
    criteria, settings = criteria or MviCriteria(), settings or ScoreSettings()
    doubts = sorted(settings.doubt_flags.intersection(evidence.flags))
    if combination is None:
        p_mvi, reasons = _score(evidence, doubts, settings)
    else:
        p_mvi, reasons = _weigh(evidence, doubts, combination)
    if evidence.location is Location.INTRATUMORAL and not criteria.include_intratumoral:
        p_mvi = 0.0
        reasons.append("It lies inside the tumour, where vessels are not counted: 0.")
    standing = _standing(p_mvi, criteria)
    too_few = evidence.n_cells is not None and evidence.n_cells < criteria.min_cells_listed
    if too_few and standing is Standing.LISTED:
        standing = Standing.UNLISTED
        reasons.append(
            f"Fewer than {criteria.min_cells_listed} tumour cells are not listed at such a number."
        )
    set_name = combination.set_name if combination else ""
    what = f"Score {p_mvi:.2f} (not a calibrated probability)"
    if set_name:
        what = f"Probability {p_mvi:.2f}, calibrated on {set_name}"
    reasons.append(f"{what}: {standing}.")
    return MachineFinding(evidence, p_mvi, standing, reasons, is_probability=bool(set_name))


def _score(
    evidence: VesselEvidence, doubts: Sequence[str], settings: ScoreSettings
) -> tuple[float, list[str]]:
    """The product of shares, and a sentence for each."""
    amount, amount_reason = _amount(evidence, settings)
    trust = settings.doubt_factor ** len(doubts)
    reasons = [
        f"The outline is a vessel with a score of {evidence.p_vessel:.2f}.",
        f"The tissue in its lumen looks like carcinoma with a score of "
        f"{evidence.p_tumour_in_lumen:.2f}.",
        amount_reason,
    ]
    if doubts:
        reasons.append(
            f"Flags {', '.join(doubts)} make this doubtful and multiply the score by {trust:g}."
        )
    return evidence.p_vessel * evidence.p_tumour_in_lumen * amount * trust, reasons


def _weigh(
    evidence: VesselEvidence, doubts: Sequence[str], combination: Combination
) -> tuple[float, list[str]]:
    """The probability, and a sentence for each of its terms."""
    weighed = combination.judge(
        VesselFeatures(
            evidence.p_vessel,
            evidence.p_tumour_in_lumen,
            evidence.tumour_in_lumen_fraction,
            evidence.n_cells,
            len(doubts),
            evidence.wall_um,
            evidence.lining_per_100_um,
            evidence.tumour_around,
            evidence.tumour_cell_share,
            evidence.classifier_odds,
        )
    )
    reasons = weighed.sentences
    if doubts:
        reasons.append(f"Flags {', '.join(doubts)} make this doubtful.")
    return weighed.p_mvi, reasons


def propose_grades(
    findings: Sequence[MachineFinding],
    criteria: MviCriteria | None = None,
    distrust: Sequence[Sentence] = (),
) -> dict[str, Grade]:
    """The machine's proposal in every system, before any reader has looked.

    Parameters
    ----------
    findings
        All judged vessels of the case or slide.
    criteria
        As in `judge_vessel`.
    distrust
        Sentences why the material must not be graded by a machine (foreign stain, a biopsy, ...). With
        any of them every system stays undetermined between all its grades.

    Returns
    -------
    dict
        Grades by system; every list of reasons starts with `UNREVIEWED`.
    """
    opening: list[Sentence] = [Phrase("proposal.unreviewed")]
    if distrust:
        return refuse_grades([*opening, *distrust])
    n_called = sum(f.standing is Standing.CALLED for f in findings)
    n_listed = sum(f.standing is Standing.LISTED for f in findings)
    opening.append(count_candidates(n_called, n_listed))
    grades = grade_case([finding.as_vessel() for finding in findings], criteria)
    return {
        name: replace(grade, sentences=[*opening, *grade.sentences])
        for name, grade in grades.items()
    }


def count_candidates(n_called: int, n_listed: int) -> Phrase:
    """How many candidates a proposal rests on, and how it takes them."""
    if not n_called + n_listed:
        return phrase("proposal.none")
    return phrase(
        "proposal.candidates",
        called=phrase("proposal.called", n=n_called),
        listed=phrase("proposal.listed", n=n_listed),
    )


def propose(
    findings: Sequence[MachineFinding],
    criteria: MviCriteria | None = None,
    distrust: Sequence[str] = (),
) -> dict[str, dict[str, str | list[str]]]:
    """`propose_grades` as the ``systems`` part of `result.json`: grade, possible, reasons."""
    return {
        name: grade.as_json()
        for name, grade in propose_grades(findings, criteria, distrust).items()
    }


def _amount(evidence: VesselEvidence, settings: ScoreSettings) -> tuple[float, str]:
    if evidence.n_cells is not None:
        share = 1 - 2 ** (-evidence.n_cells / settings.half_cells)
        interval = evidence.n_cells_interval
        between = f" (between {interval[0]} and {interval[1]})" if interval else ""
        return share, (
            f"It holds {plural(evidence.n_cells, 'tumour cell')}{between}: an amount of {share:.2f}."
        )
    fraction = evidence.tumour_in_lumen_fraction
    share = 1 - 2 ** (-fraction / settings.half_lumen_share)
    return share, (
        f"Cells were not counted; carcinoma fills {fraction:.0%} of the lumen: "
        f"an amount of {share:.2f}."
    )


def _standing(p_mvi: float, criteria: MviCriteria) -> Standing:
    if p_mvi >= criteria.p_called:
        return Standing.CALLED
    return Standing.LISTED if p_mvi >= criteria.p_listed else Standing.UNLISTED
