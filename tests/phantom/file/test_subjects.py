from __future__ import annotations

import numpy as np

from pathoflow.phantom import Artefacts, PhantomSpec, Plan, plan_slide
from pathoflow.phantom.file.subjects import find_subjects


def test_what_a_slide_has_is_found_where_it_lies(plan: Plan) -> None:
    found = find_subjects(plan, 50)
    by_name: dict[str, list[tuple[float, float]]] = {}
    for one in found:
        by_name.setdefault(one.name, []).append((one.centre_um.y, one.centre_um.x))
    tumour = plan.tissue.tumour
    assert tumour is not None

    def tumour_distance(name: str) -> np.ndarray:
        places = np.array(by_name[name])
        return tumour.signed_distance(places[:, 0], places[:, 1])

    assert len(by_name["portal tract"]) == len(plan.tracts)
    assert len(by_name["artery"]) == sum(v.kind == "artery" for v in plan.vessels)
    invaded = sum(len(places) for name, places in by_name.items() if name.startswith("MVI"))
    assert invaded == sum(v.is_mvi for v in plan.vessels)
    assert (tumour_distance("tumour") < 0).all()
    assert (tumour_distance("liver") > 100).all()
    if "capsule of the tumour" in by_name:
        assert (tumour_distance("capsule of the tumour") > 0).all()
    if "infiltrating border" in by_name:
        assert np.abs(tumour_distance("infiltrating border")).max() < 5


def test_no_more_of_a_kind_than_asked_for(plan: Plan) -> None:
    names = [one.name for one in find_subjects(plan, 2)]
    assert max(names.count(name) for name in names) == 2
    assert find_subjects(plan, 2) == find_subjects(plan, 2)


def test_artefacts_are_rows_too_and_spoil_no_other_row() -> None:
    soil = Artefacts(("blue",), 0, 0, 2, 0, 0, 1)
    spec = PhantomSpec(4, (3000, 3000), 1.0, "train", vessels=20, mvi_vessels=0, artefacts=soil)
    plan = plan_slide(spec)
    found = find_subjects(plan, 1)
    names = [one.name for one in found]
    assert {"artefact: pen", "artefact: blur", "artefact: dropout"} <= set(names)
    liver = next(one for one in found if one.name == "liver").centre_um
    for artefact in plan.artefacts:
        away = artefact.signed_distance(np.array([liver.y]), np.array([liver.x]))
        assert float(away[0]) > 100


def test_a_slide_without_tumour_has_no_row_of_it() -> None:
    spec = PhantomSpec(2, (1200, 1200), 1.0, "test", tumour=False, artefacts=Artefacts.none())
    names = {one.name for one in find_subjects(plan_slide(spec), 1)}
    assert "liver" in names
    assert not any("tumour" in n or "border" in n or "MVI" in n or "artefact" in n for n in names)
