from __future__ import annotations

from pathlib import Path

import pytest

from pathoflow.errors import Code
from pathoflow.slide.reader import SlideInfo
from pathoflow.space import Size
from pathoflow.tissue.frozen import check_frozen


def info(name: str, **properties: str) -> SlideInfo:
    return SlideInfo(Path(name), "svs", "aperio", Size(9, 9), (), None, properties=properties)


@pytest.mark.parametrize(
    "name",
    [
        "TCGA-DD-A1EB-01A-01-TS1.svs",
        "tcga-bc-a10q-01a-02-bsb.0c1f2d3e.svs",
        "TCGA-G3-A25T-01A-01-MS1.svs",
        "block 4 frozen.svs",
        "B12_Frozen-section.tiff",
        "cryosection_7.ndpi",
    ],
)
def test_a_slide_that_is_named_as_a_frozen_section_is_one(name: str) -> None:
    flag = check_frozen(info(name))
    assert flag is not None
    assert (flag.code, flag.severity) == (Code.OOD_FROZEN, "error")
    assert Path(name).stem not in flag.message, "names may hold a person's"


@pytest.mark.parametrize(
    "name",
    [
        "TCGA-DD-A1EB-01Z-00-DX1.svs",
        "TCGA-DD-A1EB-01A-01-DX1.svs",
        "refrozenlake.svs",
        "T1-A.tiff",
    ],
)
def test_other_names_say_nothing(name: str) -> None:
    assert check_frozen(info(name)) is None


def test_a_header_that_says_so_is_believed() -> None:
    assert check_frozen(info("a.svs", protocol="Frozen H&E")) is not None
    assert check_frozen(info("a.svs", protocol="FFPE H&E")) is None
