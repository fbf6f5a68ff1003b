"""One slide, a batch: the stages in order, what they found as result.json, and where it came from.

run.run_slide ─> stages (quality, maps, vessels, tumour, lumina, findings) ─> compose ─> files
batch.run_slides ─> run for each slide, one outcome each
case.write_cases ─> the slides of a batch joined into cases
cluster.Cluster ─> the same on many processes
remote.staged ─> the same with slides and results in object stores
prediction.predict ─> maps alone, of any network
scoring.score_slide, scoring.score_cohort ─> results against their truths
"""

from pathoflow.pipeline.batch import (
    Crew,
    Outcome,
    one_after_the_other,
    run_slides,
    worst_exit_code,
)
from pathoflow.pipeline.case import CaseOutcome, load_case, require_rows, save_case, write_cases
from pathoflow.pipeline.cluster import Cluster
from pathoflow.pipeline.identity import check_slide
from pathoflow.pipeline.prediction import predict
from pathoflow.pipeline.progress import OnStep, Step
from pathoflow.pipeline.remote import Remote, staged
from pathoflow.pipeline.remote_place import is_url
from pathoflow.pipeline.run import run_slide, write_derived
from pathoflow.pipeline.scoring import CohortScore, SlideScore, score_cohort, score_slide
from pathoflow.pipeline.search import find_slides
from pathoflow.pipeline.settings import DEFAULT_NETWORKS, RunSettings

__all__ = [
    "DEFAULT_NETWORKS",
    "CaseOutcome",
    "Cluster",
    "CohortScore",
    "Crew",
    "OnStep",
    "Outcome",
    "Remote",
    "RunSettings",
    "SlideScore",
    "Step",
    "check_slide",
    "find_slides",
    "is_url",
    "load_case",
    "one_after_the_other",
    "predict",
    "require_rows",
    "run_slide",
    "run_slides",
    "save_case",
    "score_cohort",
    "score_slide",
    "staged",
    "worst_exit_code",
    "write_cases",
    "write_derived",
]
