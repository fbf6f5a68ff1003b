from __future__ import annotations

from pathoflow.mvi import AddedVessel, CaseVessel, Kind, Site, Status
from pathoflow.mvi.kind_counts import CellBox
from pathoflow.review.edits import SlideEdits
from pathoflow.review.reading import Material, Reading
from pathoflow.review.verdicts import decisions_of
from pathoflow.review.words import Named, VesselWord


def test_words_become_decisions() -> None:
    word = VesselWord(
        Status.ACCEPTED, named=Named.HEPATIC, cell_box=CellBox.OVER_50, dist_edge_um=12.5
    )
    reading = Reading({"v": word}, (("v", "w"),), is_complete=True)
    material = Material(sites={"A": Site.FAR}, confirmed=frozenset({"A"}))
    made = decisions_of(reading, material, [], ["v", "w"])
    said = made.on("v")
    assert (said.verdict, said.kind, said.cell_box) == (
        Status.ACCEPTED,
        Kind.HEPATIC,
        CellBox.OVER_50,
    )
    assert (said.dist_edge_um, made.same_vessel, made.complete) == (12.5, (("v", "w"),), True)
    assert (made.sites, made.confirmed_tumours) == ({"A": Site.FAR}, {"A"})


def test_a_duct_is_rejected_whatever_was_said_of_it() -> None:
    reading = Reading({"v": VesselWord(Status.ACCEPTED, named=Named.DUCT)})
    assert decisions_of(reading, Material(), [], ["v"]).on("v").verdict is Status.REJECTED


def test_words_and_links_on_outlines_that_are_gone_wait() -> None:
    reading = Reading(
        {"v": VesselWord(Status.ACCEPTED), "new": VesselWord(Status.ACCEPTED)}, (("v", "w"),)
    )
    edits = SlideEdits(added=(AddedVessel("A", CaseVessel("new")),), removed=frozenset({"v"}))
    made = decisions_of(reading, Material(), [edits], ["v", "w"])
    assert set(made.vessels) == {"new"}
    assert made.same_vessel == ()
    assert made.removed == {"v"}
    assert [one.vessel.id for one in made.added] == ["new"]
