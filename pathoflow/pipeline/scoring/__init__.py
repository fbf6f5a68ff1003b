"""How good results are: compared with the truth, slide by slide and over cases.

reference, origin ─┐
result folders  ───┴─> tally ─> grades ─> figures ─> slide.score_slide, cohort.score_cohort ─> text, plots
"""

from pathoflow.pipeline.scoring.cohort import CohortScore, score_alone, score_cohort
from pathoflow.pipeline.scoring.plots import draw_plots
from pathoflow.pipeline.scoring.reference import Reference, ReferenceVessel, load_reference
from pathoflow.pipeline.scoring.slide import SlideScore, score_slide
from pathoflow.pipeline.scoring.text import cohort_lines, slide_lines

__all__ = [
    "CohortScore",
    "Reference",
    "ReferenceVessel",
    "SlideScore",
    "cohort_lines",
    "draw_plots",
    "load_reference",
    "score_alone",
    "score_cohort",
    "score_slide",
    "slide_lines",
]
