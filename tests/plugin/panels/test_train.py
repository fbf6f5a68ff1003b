"""Training from a panel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_pathoflow.desk import Desk
from napari_pathoflow.label_sets import keep_outlines
from napari_pathoflow.panels.train import TrainPanel
from pathoflow.errors import UsageError
from pathoflow.training.settings import load_settings

RING = np.array([[0, 0], [40, 0], [40, 20], [0, 0]], float)


def test_it_counts_the_outlines_and_trains_on_them(
    make: Callable[..., Any], desk: Desk, tmp_path: Path
) -> None:
    panel = make(TrainPanel)
    assert panel.known.text() == "0 outlines on 0 slides."
    with pytest.raises(UsageError, match="no outlines"):
        panel.command()
    for name in ("a.svs", "b.svs"):
        keep_outlines(desk.teaching.folder, tmp_path / name, [RING], "vessel")
    desk.signals.labels_changed.emit()
    assert panel.known.text() == "2 outlines on 2 slides."
    panel.steps.setValue(77)
    verb, config = panel.command()
    assert verb == "train"
    assert load_settings(Path(config)).schedule.steps == 77
