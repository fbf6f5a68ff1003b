"""Pixels in: what a reader promises, the readers, and the slide that everything else sees.

    open_slide ──► registry asks readers in turn ──► Slide ──► read(box, mpp=1.0), to_dask(level), thumbnail(512)
                   svs | openslide | tiff | omezarr | yours

A reader gives pixels of its stored levels (`SlideReader`); `read_region` makes any other scale of them.
"""

from pathoflow.slide.reader import Level, SlideInfo, SlideReader
from pathoflow.slide.region import read_region
from pathoflow.slide.registry import open_slide
from pathoflow.slide.slide import Slide

__all__ = ["Level", "Slide", "SlideInfo", "SlideReader", "open_slide", "read_region"]
