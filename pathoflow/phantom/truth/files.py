"""Write what is true of a painted slide: truth.json, truth.geojson and truth.zarr in one folder."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from pathoflow.errors import EnvironmentFault
from pathoflow.phantom.plan.slide import plan_slide
from pathoflow.phantom.recipe.spec import PhantomSpec
from pathoflow.phantom.truth.features import truth_features
from pathoflow.phantom.truth.outlines import Truth
from pathoflow.phantom.truth.survey import survey
from pathoflow.phantom.truth.table import truth_table


def write_truth(spec: PhantomSpec, folder: Path) -> None:
    """Write the truth of a recipe into ``folder``, which appears only when whole.

    An old folder of that name is replaced.

    Raises
    ------
    EnvironmentFault
        The folder cannot be written.
    """
    # The store brings zarr along, which a virtual slide can do without.
    from pathoflow.phantom.truth.grids import write_grids

    truth = Truth(plan_slide(spec))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as work:
            fresh = Path(work) / "truth"
            fresh.mkdir()
            found = survey(truth)
            _write_json(fresh / "truth.json", truth_table(truth, found.rows), indent=1)
            features = truth_features(truth, found.features)
            _write_json(fresh / "truth.geojson", features, indent=None)
            write_grids(truth, found, fresh / "truth.zarr")
            if folder.exists():
                folder.rename(Path(work) / "old")
            fresh.rename(folder)
    except OSError as error:
        raise EnvironmentFault(
            f"The truth folder {folder} cannot be written ({error.strerror}):"
            " choose another folder."
        ) from error


def _write_json(path: Path, content: dict[str, Any], indent: int | None) -> None:
    path.write_text(json.dumps(content, indent=indent, allow_nan=False) + "\n", encoding="utf-8")
