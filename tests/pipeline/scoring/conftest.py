"""Small results and truths on disk: shapes are drawn by hand, no pixel is painted and no network answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from shapely import Polygon, box
from shapely.geometry import mapping

from pathoflow.inference import TileTally
from pathoflow.pipeline import RunSettings
from pathoflow.pipeline.compose import Analysis, Remark, VesselFinding, compose_result
from pathoflow.pipeline.provenance import describe_run, utc_now
from pathoflow.pipeline.ready import Ready
from pathoflow.slide import Slide
from pathoflow.space import Frame, Mpp, Size
from pathoflow.store import PyramidSpec, ResultFolder, create_pyramid, save_result
from pathoflow.tissue import QualityReport
from pathoflow.vessels import Region, Vessel, paint_outlines

#: Level-0 (x, y) on a slide of 1600 x 1200 px at 0.5 µm/px: 80 x 100 µm, 100 x 100 µm, a tumour.
INVADED, EMPTY, TUMOUR = (
    box(200, 200, 400, 360),
    box(800, 600, 1000, 800),
    box(1100, 100, 1500, 500),
)


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here is which cases are drawn, not how well the ends of intervals are known."""
    monkeypatch.setattr("pathoflow.pipeline.scoring.cohort.RESAMPLES", 200)


@pytest.fixture
def save_truth(tmp_path: Path) -> Callable[..., Path]:
    """Write ``truths/<name>.truth``: (id, class, outline), more about some by id, the seed."""

    def save(
        shapes: Sequence[tuple[str, str, Polygon]],
        name: str = "case",
        seed: int = 4,
        **rows: dict[str, Any],
    ) -> Path:
        folder = tmp_path / "truths" / f"{name}.truth"
        folder.mkdir(parents=True)
        features = [
            {
                "type": "Feature",
                "id": identity,
                "geometry": mapping(shape),
                "properties": {
                    "objectType": "annotation",
                    "classification": {"names": names.split(": ")},
                },
            }
            for identity, names, shape in shapes
        ]
        collection = {"type": "FeatureCollection", "features": features}
        (folder / "truth.geojson").write_text(json.dumps(collection))
        table = {
            "vessels": [{"id": key, "n_tumour_cells": 0} | row for key, row in rows.items()],
            "synthetic": True,
            "generator_version": "2",
            "seed": seed,
            "spec": {"family": "test"},
            "tissue_area_um2": 1e7,
        }
        (folder / "truth.json").write_text(json.dumps(table))
        return folder

    return save


@pytest.fixture(scope="session")
def painted_truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The truth that the generator itself writes of a small slide; nothing is painted."""
    from pathoflow.phantom import PhantomSpec
    from pathoflow.phantom.truth.files import write_truth

    folder = tmp_path_factory.mktemp("painted") / "small.truth"
    spec = PhantomSpec(
        seed=4, size_px=(3400, 3200), mpp=0.5, family="test", vessels=7, mvi_vessels=2
    )
    write_truth(spec, folder)
    return folder


@pytest.fixture
def truth(save_truth: Callable[..., Path]) -> Path:
    """An invaded vessel of 12 cells 120 µm from a tumour, and an empty one."""
    near = {"n_tumour_cells": 12, "dist_edge_um": 120.0, "location": "peritumoral_near"}
    shapes = [("v1", "Vessel: MVI", INVADED), ("v2", "Vessel", EMPTY), ("t1", "Tumour", TUMOUR)]
    return save_truth(shapes, v1=near)


@pytest.fixture
def save_outcome(
    slide: Slide,
    make_vessel: Callable[..., Vessel],
    make_finding: Callable[..., VesselFinding],
    make_quality: Callable[..., QualityReport],
    tmp_path: Path,
) -> Callable[..., Path]:
    """Write ``out/<name>`` with vessels (outline, score, cells) and tumours, label maps at 2 µm/px included."""

    def save(
        vessels: Sequence[tuple[Polygon, float, int | None]],
        tumours: Sequence[Polygon] = (),
        name: str = "case",
        remarks: Sequence[Remark] = (),
    ) -> Path:
        folder = ResultFolder(tmp_path / "out" / name)
        findings = [
            make_finding(make_vessel(outline=outline), p_mvi, n_cells)
            for outline, p_mvi, n_cells in vessels
        ]
        regions = [Region(shape, shape.area * 0.25, 0.9) for shape in tumours]
        analysis = Analysis(
            name, slide, make_quality(), list(remarks), tumours=regions, findings=findings
        )
        provenance = describe_run(Ready(RunSettings(), [], list), utc_now(), TileTally(), True)
        folder.path.mkdir(parents=True)
        save_result(folder, compose_result(analysis, provenance))
        for label, shapes in (("vessels", [v[0] for v in vessels]), ("tumour", tumours)):
            spec = PyramidSpec.on_slide("uint32", Mpp.square(2.0), slide.mpp)
            labels = create_pyramid(folder.analysis, f"labels/{label}", Size(300, 400), spec)
            whole = labels.size.box()
            painted = paint_outlines(shapes, whole, Frame.at(2.0, slide.mpp))
            labels.write(whole, painted.astype("uint32"))
        return folder.path

    return save
