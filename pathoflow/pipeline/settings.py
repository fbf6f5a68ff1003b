"""Everything that can be set about a run, in one place, each room's settings as one field."""

from __future__ import annotations

from dataclasses import dataclass, field

from pathoflow.cells import CountSettings
from pathoflow.errors import Code, UsageError
from pathoflow.inference import InferenceSettings
from pathoflow.mvi import MviCriteria, ScoreSettings
from pathoflow.report import PictureSettings
from pathoflow.space.mpp import PLAUSIBLE_MPP
from pathoflow.tissue import QualitySettings
from pathoflow.vessels import DescribeSettings, LabelSettings, RegionSettings, SplitSettings

#: Networks that a run uses for a class as long as none of the user's answers for it.
DEFAULT_NETWORKS = ("vessel-starter", "tissue-starter", "cells-starter")
#: The vessel classifier that a run asks as long as the user names none.
DEFAULT_CLASSIFIER = "classifier-starter"


@dataclass(frozen=True, slots=True)
class CandidateSettings:
    """Which vessels are looked into at high power."""

    #: A vessel is looked into where the tumour network gives this anywhere inside it.
    min_tumour_probability: float = 0.2
    #: µm per pixel at which nuclei are counted.
    cell_mpp: float = 0.5
    #: Wall and lining, left out of the lumen where no map shows it.
    wall_um: float = 4.0
    #: Side of the pieces in which a vessel is read, pixels of ``cell_mpp``.
    piece_px: int = 1536


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How slides are analysed; the defaults are what `pathoflow run` uses."""

    #: Names or folders; each takes the place of the default network of its class.
    networks: tuple[str, ...] = ()
    device: str = "auto"
    #: How networks are run there: auto, or a name of `pathoflow.networks.BACKENDS`.
    backend: str = "auto"
    #: µm per level-0 pixel given by the user for slides that do not say.
    mpp: float | None = None
    #: Peak memory of the process that tiles and blocks must suit, 10^9 bytes; None for tiles as they are set.
    max_ram_gb: float | None = None
    #: Begin anew, whatever an earlier run left.
    overwrite: bool = False
    inference: InferenceSettings = field(default_factory=InferenceSettings)
    quality: QualitySettings = field(default_factory=QualitySettings)
    labels: LabelSettings = field(default_factory=LabelSettings)
    split: SplitSettings = field(default_factory=SplitSettings)
    describe: DescribeSettings = field(default_factory=DescribeSettings)
    tumour: RegionSettings = field(default_factory=RegionSettings)
    candidates: CandidateSettings = field(default_factory=CandidateSettings)
    cells: CountSettings = field(default_factory=CountSettings)
    score: ScoreSettings = field(default_factory=ScoreSettings)
    criteria: MviCriteria = field(default_factory=MviCriteria)
    pictures: PictureSettings = field(default_factory=PictureSettings)

    def __post_init__(self) -> None:
        low, high = PLAUSIBLE_MPP
        # Also a person's value: outside of what scanners write, a slip of the keyboard is likelier than a slide.
        if self.mpp is not None and not low <= self.mpp <= high:
            raise UsageError(
                f"mpp {self.mpp:g} lies outside {low:g} to {high:g} µm per pixel, which no scanner writes; give the "
                "scanner's value, about 0.5 for a 20x and 0.25 for a 40x scan.",
                Code.MPP_SUSPECT,
            )
