from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from pathoflow.slide.tiffheader import aperio_facts, is_painted, ome_mpp, resolution_mpp
from pathoflow.space import Mpp

NAMESPACE = "http://www.openmicroscopy.org/Schemas/OME/2016-06"


def ome(**attributes: str) -> str:
    inside = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f'<OME xmlns="{NAMESPACE}"><Image ID="a"><Pixels ID="p" {inside}/></Image></OME>'


@pytest.mark.parametrize(
    ("unit", "size", "um"),
    [
        ("µm", "0.25", 0.25),
        ("\u03bcm", "0.25", 0.25),
        ("nm", "250", 0.25),
        ("mm", "0.0005", 0.5),
        ("Å", "2500", 0.25),
    ],
)
def test_ome_sizes_are_understood_in_their_unit(unit: str, size: str, um: float) -> None:
    text = ome(
        PhysicalSizeY=size, PhysicalSizeX=size, PhysicalSizeYUnit=unit, PhysicalSizeXUnit=unit
    )
    found = ome_mpp(text)
    assert found is not None
    assert found.y == pytest.approx(um)
    assert found.x == pytest.approx(um)


def test_ome_sizes_without_a_unit_are_micrometres() -> None:
    # OME schema 2016-06: the default of PhysicalSizeXUnit is µm.
    assert ome_mpp(ome(PhysicalSizeY="0.3", PhysicalSizeX="0.2")) == Mpp(y=0.3, x=0.2)


@pytest.mark.parametrize(
    "text",
    [
        ome(),
        ome(PhysicalSizeX="0.5"),
        ome(PhysicalSizeY="0", PhysicalSizeX="0"),
        ome(PhysicalSizeY="nan", PhysicalSizeX="inf"),
        ome(PhysicalSizeY="1", PhysicalSizeX="1", PhysicalSizeXUnit="pixel"),
        "<OME",
        "",
    ],
)
def test_ome_without_a_usable_size_gives_no_scale(text: str) -> None:
    assert ome_mpp(text) is None


def first_page(path: Path) -> tifffile.TiffPage:
    with tifffile.TiffFile(path) as tiff:
        return tiff.pages.first


@pytest.mark.parametrize(
    ("resolution", "unit", "expected"),
    [
        ((101_600, 101_600), "INCH", Mpp.square(0.25)),  # 25,400 / 101,600
        ((40_000, 20_000), "CENTIMETER", Mpp(y=0.5, x=0.25)),
        ((72, 72), "INCH", None),
        ((40_000, 40_000), "NONE", None),
        ((0, 0), "CENTIMETER", None),
    ],
)
def test_resolution_tags(
    write_tiff: Callable[..., Path],
    picture: NDArray[np.uint8],
    resolution: tuple[int, int],
    unit: Any,
    expected: Mpp | None,
) -> None:
    path = write_tiff(picture, resolution=resolution, resolutionunit=unit)
    assert resolution_mpp(first_page(path)) == expected


def test_a_page_without_resolution_has_no_scale(
    write_tiff: Callable[..., Path], picture: NDArray[np.uint8]
) -> None:
    assert resolution_mpp(first_page(write_tiff(picture))) is None


def test_aperio_descriptions_carry_scale_and_power() -> None:
    assert aperio_facts("Aperio Image|AppMag = 20|MPP = 0.4990") == (Mpp.square(0.499), 20.0)
    assert aperio_facts("Aperio Image|Filename = MPP") == (None, None)
    assert aperio_facts("Aperio Image|AppMag = 0|MPP = .") == (None, None)


def test_painted_slides_are_recognised_by_any_of_their_texts() -> None:
    assert is_painted("", "Pathoflow Phantom 0.1")
    assert not is_painted("Aperio", "Bio-Formats")
