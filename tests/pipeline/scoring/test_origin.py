from pathoflow.pipeline.scoring.origin import Origin, origin_label, origins_json


def painted(seed: int, family: str = "test") -> Origin:
    return Origin(True, "2", seed, family)


def test_a_painted_slide_names_what_painted_it() -> None:
    known = painted(7).as_json()
    assert known == {
        "data": "synthetic",
        "synthetic": True,
        "generator_version": "2",
        "seed": 7,
        "family": "test",
    }
    assert origin_label(known) == "synthetic, generator 2, family test, seed 7"


def test_a_real_slide_needs_no_label() -> None:
    assert origin_label(Origin().as_json()) == ""
    assert origins_json([Origin(), Origin()])["data"] == "real"


def test_many_slides_name_all_their_seeds_once_in_order() -> None:
    known = origins_json([painted(9), painted(3), painted(9, "stress")])
    assert (known["data"], known["seeds"]) == ("synthetic", [3, 9])
    assert known["families"] == ["stress", "test"]
    assert origin_label(known) == "synthetic, generator 2, family stress test, seed 3 9"


def test_one_painted_slide_among_real_ones_makes_the_whole_partly_synthetic() -> None:
    known = origins_json([painted(3), Origin()])
    assert (known["data"], known["synthetic"]) == ("mixed", True)
    assert origin_label(known).startswith("partly synthetic, ")


def test_a_line_of_text_does_not_list_a_hundred_seeds() -> None:
    known = origins_json([painted(seed) for seed in range(100, 200)])
    assert len(known["seeds"]) == 100
    assert origin_label(known).endswith("100 seeds 100 to 199")


def test_a_painter_that_does_not_say_its_version_is_still_synthetic() -> None:
    assert origin_label(Origin(is_synthetic=True).as_json()) == "synthetic"
