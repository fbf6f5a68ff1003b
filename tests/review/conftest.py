from __future__ import annotations

from pathlib import Path

import pytest

from pathoflow.space import Box
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import MadeVessel

NEAR = MadeVessel(dist_edge_um=900.0, n_cells=20)


@pytest.fixture
def made(tmp_path: Path) -> MadeCase:
    """A case without slides, C-17."""
    return MadeCase(tmp_path)


@pytest.fixture
def mapped(made: MadeCase) -> MadeCase:
    """One slide A with three vessels of 120 x 90 px at x = 1000, 1200, 1400, y = 2000, a tumour and two pieces of tissue."""
    made.slide("A", [NEAR] * 3)
    made.maps(
        "A",
        tumour=Box(400, 800, 800, 1600),
        pieces=[Box(0, 0, 2400, 4000), Box(2800, 0, 800, 4000)],
    )
    return made
