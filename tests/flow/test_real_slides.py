"""Real tissue that is not liver, or not H&E: nothing is claimed about it. Runs where PATHOFLOW_DATA names the data."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pathoflow.pipeline import run_slide
from pathoflow.slide import Slide
from pathoflow.space import Mpp
from pathoflow.testing import ArrayReader
from pathoflow.tissue import QualityReport, assess_slide


def data(name: str) -> Path:
    """A file of the data, if there is one."""
    path = Path(os.environ.get("PATHOFLOW_DATA") or "nowhere") / name
    if not path.is_file():
        pytest.skip(f"needs {name} in the folder that PATHOFLOW_DATA names")
    return path


def assessed(name: str, mpp: float) -> QualityReport:
    pixels = np.asarray(Image.open(data(name)).convert("RGB"))
    return assess_slide(Slide(ArrayReader(pixels, Mpp.square(mpp), factors=(8,))))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["CMU-1-Small-Region.svs", "OS-1-detail.ome.tif"])
def test_scenario_39_tissue_that_is_not_liver_gets_no_grade(name: str, tmp_path: Path) -> None:
    """Skin and another organ: a code says so, and every system leaves all grades open."""
    result = run_slide(data(f"slides/{name}"), tmp_path)
    assert any(code["code"].startswith("OOD_") for code in result.codes)
    assert result.status == "failed" or result.systems
    for system in result.systems:
        assert result.propose(system).grade in (None, "undetermined")
        assert len(result.propose(system).possible) > 1


@pytest.mark.parametrize(
    ("name", "mpp"), [("liver_he/tile02_PSR.jpg", 0.5), ("skimage_legacy/ihc.png", 2.0)]
)
def test_scenario_39_pictures_of_other_stains_are_refused(name: str, mpp: float) -> None:
    """The immunostain is a quarter of a millimetre wide; said to be a whole one, it is large enough to judge."""
    flags = {str(flag.code): flag.severity for flag in assessed(name, mpp).flags}
    assert flags.get("OOD_STAIN") == "error"


@pytest.mark.parametrize("number", ["02", "03", "04"])
def test_scenario_38_clean_liver_has_neither_folds_nor_bubbles(number: str) -> None:
    """A millimetre of steatotic liver each."""
    found = {str(flag.code) for flag in assessed(f"liver_he/tile{number}_HE.jpg", 0.5).flags}
    assert not {"FOLD", "ARTEFACT", "PEN", "OOD_STAIN"} & found
