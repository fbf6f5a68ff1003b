from __future__ import annotations

from dataclasses import replace

from pathoflow.phantom import PhantomSpec
from pathoflow.phantom.truth.names import colour_of, part_uuid, vessel_class, vessel_uuid

SPEC = PhantomSpec(seed=5, size_px=(1500, 1700), mpp=1.0, family="train")


def test_names_are_stable_and_different() -> None:
    names = [vessel_uuid(SPEC, 0), vessel_uuid(SPEC, 1), part_uuid(SPEC, "tumour", 0)]
    assert names == [vessel_uuid(SPEC, 0), vessel_uuid(SPEC, 1), part_uuid(SPEC, "tumour", 0)]
    assert len(set(names)) == 3
    assert vessel_uuid(replace(SPEC, seed=6), 0) != names[0]


def test_a_special_class_has_its_own_colour_and_an_unknown_one_that_of_its_kind() -> None:
    assert colour_of(["Vessel", "MVI"]) != colour_of(["Vessel"])
    assert colour_of(["Artefact", "pen"]) == colour_of(["Artefact"])


def test_doubt_goes_before_invasion_in_a_vessels_class() -> None:
    rows = [
        {"is_mvi": m, "is_equivocal": e} for m, e in ((False, False), (True, False), (False, True))
    ]
    assert [": ".join(vessel_class(row)) for row in rows] == [
        "Vessel",
        "Vessel: MVI",
        "Vessel: Equivocal",
    ]
