"""The reports of slides and cases: single HTML files that a liver pathologist can read, print and pass on.

    take_pictures   slide + result  -> Pictures          once, while the slide is open
    save_pictures   Pictures        -> analysis.zarr
    write_report    result folder   -> report.html       any time later, without the slide
    write_case_report  case folder  -> report.html       the same for a case, from its case.json

The page proposes and never grades: that is what review is for. Its research-use notice is not a setting.
"""

from pathoflow.report.album import load_pictures, save_pictures
from pathoflow.report.case_page import render_case, write_case_report
from pathoflow.report.field import Field, Picture
from pathoflow.report.page import render_page, write_report
from pathoflow.report.pictures import (
    Outlines,
    PicturedSlide,
    Pictures,
    PictureSettings,
    take_pictures,
)
from pathoflow.report.trace import trace_mask

__all__ = [
    "Field",
    "Outlines",
    "Picture",
    "PictureSettings",
    "PicturedSlide",
    "Pictures",
    "load_pictures",
    "render_case",
    "render_page",
    "save_pictures",
    "take_pictures",
    "trace_mask",
    "write_case_report",
    "write_report",
]
