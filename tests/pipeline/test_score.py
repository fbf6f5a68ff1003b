from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shapely import Polygon, box
from shapely.geometry import mapping

from pathoflow.errors import Code, UsageError
from pathoflow.inference import TileTally
from pathoflow.pipeline import RunSettings, score_slide
from pathoflow.pipeline.compose import Analysis, Remark, VesselFinding, compose_result
from pathoflow.pipeline.provenance import describe_run, utc_now
from pathoflow.pipeline.score import load_reference
from pathoflow.slide import Slide
from pathoflow.space import Frame, Mpp, Size
from pathoflow.store import PyramidSpec, ResultFolder, create_pyramid, save_result
from pathoflow.vessels import Region, Vessel, paint_outlines

INVADED, EMPTY, TUMOUR = (
    box(200, 200, 400, 360),
    box(800, 600, 1000, 800),
    box(1100, 100, 1500, 500),
)


def write_truth(folder: Path, shapes: list[tuple[str, str, Polygon]], **cells: int) -> Path:
    """A ``.truth`` folder: (id, class, outline), and tumour cells by id."""
    folder.mkdir(parents=True, exist_ok=True)
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
    rows = [{"id": key, "n_tumour_cells": count} for key, count in cells.items()]
    (folder / "truth.json").write_text(json.dumps({"vessels": rows, "synthetic": True}))
    return folder


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    shapes = [
        ("v1", "Vessel: MVI", INVADED),
        ("v2", "Vessel", EMPTY),
        ("t1", "Tumour", TUMOUR),
    ]
    return write_truth(tmp_path / "case.truth", shapes, v1=12)


@pytest.fixture
def save(
    slide: Slide,
    make_vessel: Callable[..., Vessel],
    make_finding: Callable[..., VesselFinding],
    tmp_path: Path,
) -> Callable[..., Path]:
    """Write a result with these vessels (outline, score, cells) and tumours, label maps at 2 µm/px included."""

    def make(
        vessels: list[tuple[Polygon, float, int | None]],
        tumours: list[Polygon],
        remarks: list[Remark] | None = None,
    ) -> Path:
        folder = ResultFolder(tmp_path / "out")
        findings = [
            make_finding(make_vessel(outline=outline), p_mvi, n_cells)
            for outline, p_mvi, n_cells in vessels
        ]
        regions = [Region(shape, shape.area * 0.25, 0.9) for shape in tumours]
        analysis = Analysis(
            "case", slide, remarks=remarks or [], tumours=regions, findings=findings
        )
        provenance = describe_run(RunSettings(), [], utc_now(), TileTally(), True)
        folder.path.mkdir()
        save_result(folder, compose_result(analysis, provenance))
        mpp = Mpp.square(2.0)
        for name, shapes in (("vessels", [v[0] for v in vessels]), ("tumour", tumours)):
            spec = PyramidSpec.on_slide("uint32", mpp, slide.mpp)
            labels = create_pyramid(folder.analysis, f"labels/{name}", Size(300, 400), spec)
            whole = labels.size.box()
            painted = paint_outlines(shapes, whole, Frame.at(2.0, slide.mpp))
            labels.write(whole, painted.astype("uint32"))
        return folder.path

    return make


def test_the_truth_of_a_painted_slide_is_read_whole(truth: Path) -> None:
    reference = load_reference(truth)
    assert [shape.area for shape in reference.vessels] == [INVADED.area, EMPTY.area]
    assert reference.is_invaded == [True, False]
    assert reference.n_cells == [12, None]
    assert [shape.area for shape in reference.tumours] == [TUMOUR.area]
    assert reference.is_synthetic


def test_a_geojson_alone_is_a_truth_without_counts(truth: Path) -> None:
    reference = load_reference(truth / "truth.geojson")
    assert reference.n_cells == [None, None]
    assert not reference.is_synthetic


def test_outlines_of_other_classes_are_no_truth(tmp_path: Path) -> None:
    folder = write_truth(tmp_path / "x.truth", [("d", "Duct", EMPTY)])
    with pytest.raises(UsageError, match="no outline of class Vessel or Tumour"):
        load_reference(folder)


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"vessels": [{"id": "v1"}]}'])
def test_a_damaged_table_is_refused(truth: Path, text: str) -> None:
    (truth / "truth.json").write_text(text)
    with pytest.raises(UsageError, match=r"truth\.json cannot be read as truth"):
        load_reference(truth)


def test_a_perfect_answer_has_perfect_figures(save: Callable[..., Path], truth: Path) -> None:
    folder = save([(INVADED, 0.9, 12), (EMPTY, 0.0, 0)], [TUMOUR])
    plain = score_slide(folder, truth).as_json()
    ones = (
        "vessel_f1_at_iou_0.5",
        "vessel_precision",
        "vessel_recall",
        "vessel_pixel_iou",
        "vessel_pixel_dice",
        "tumour_pixel_iou",
        "mvi_sensitivity",
        "mvi_sensitivity_at_2_fp",
        "cell_count_box_agreement",
    )
    assert {name: plain[name] for name in ones} == dict.fromkeys(ones, 1.0)
    assert plain["mvi_false_positives"] == 0
    assert plain["cell_count_vessels"] == 1
    assert plain["cell_count_median_error"] == 0
    assert plain["synthetic"] is True


def test_a_flawed_answer_has_the_figures_of_the_formulas(
    save: Callable[..., Path], truth: Path
) -> None:
    """The empty vessel is missed and another called in glass; the tumour is half; 9 of 12 cells are counted."""
    ghost = box(100, 900, 200, 1000)
    half = box(1100, 100, 1300, 500)
    plain = score_slide(save([(INVADED, 0.9, 9), (ghost, 0.8, 5)], [half]), truth).as_json()
    assert plain["vessel_f1_at_iou_0.5"] == 2 * 1 / (2 + 2)
    invaded, empty, wrong = 200 * 160, 200 * 200, 100 * 100
    assert plain["vessel_pixel_iou"] == round(invaded / (invaded + empty + wrong), 4)
    assert plain["tumour_pixel_iou"] == 0.5
    assert (plain["mvi_sensitivity"], plain["mvi_false_positives"]) == (1.0, 1)
    assert plain["cell_count_median_absolute_error"] == pytest.approx(3 / 12)


def test_what_could_not_be_measured_is_null(save: Callable[..., Path], tmp_path: Path) -> None:
    """No vessel in truth, none found: a ratio of nothing to nothing."""
    folder = write_truth(tmp_path / "t.truth", [("t1", "Tumour", TUMOUR)])
    plain: dict[str, Any] = score_slide(save([], [TUMOUR]), folder).as_json()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    for name in ("vessel_f1_at_iou_0.5", "vessel_pixel_iou", "mvi_sensitivity"):
        assert plain[name] is None
    assert plain["cell_count_median_error"] is None
    assert (plain["vessels_found"], plain["vessels_true"]) == (0, 0)


def test_a_failed_slide_cannot_be_scored(save: Callable[..., Path], truth: Path) -> None:
    folder = save([], [], [Remark(Code.NO_TISSUE, "error", "Glass only.")])
    with pytest.raises(UsageError, match="result of a failed slide"):
        score_slide(folder, truth)
