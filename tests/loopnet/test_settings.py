from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pathoflow.errors import UsageError
from pathoflow.loopnet.crops import PaintedVessels
from pathoflow.loopnet.feed import FeedSettings
from pathoflow.loopnet.loop import Length
from pathoflow.loopnet.settings import LoopNetSettings, load_loopnet_settings

SHORT = """
name = "toy"
[train]
seeds = [1, 2]
[calibration]
seeds = [3]
[test]
seeds = [1]
family = "test"
"""


def settings() -> LoopNetSettings:
    return LoopNetSettings(
        "toy", PaintedVessels((1, 2)), PaintedVessels((3,)), PaintedVessels((1,), "test")
    )


def test_the_shortest_config_names_three_sets_of_slides(tmp_path: Path) -> None:
    path = tmp_path / "toy.toml"
    path.write_text(SHORT, "utf-8")
    assert load_loopnet_settings(path) == settings()


def test_the_shipped_config_can_be_read() -> None:
    root = Path(__file__).parents[2]
    found = load_loopnet_settings(root / "benchmarks" / "specs" / "loopnet.toml")
    assert found.test.family == "test"
    assert len(found.train.seeds) >= 20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SHORT + "colour = 1\n", "unknown key colour"),
        (SHORT.replace("seeds = [3]", "seeds = [2]"), "share the slides train 2"),
        (SHORT + "[length]\nsteps = 1\n", "length.steps must be at least 2"),
        (SHORT + "[grid]\nside = 1\n", "side must be at least 2"),
        ("name = ", "is not TOML"),
        ("name = 'x'", "train is missing"),
    ],
)
def test_a_config_with_a_mistake_is_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "toy.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        load_loopnet_settings(path)


def test_a_missing_config_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml cannot be read"):
        load_loopnet_settings(tmp_path / "none.toml")


def test_the_stamp_is_of_what_weights_depend_on() -> None:
    one = settings()
    alike = [
        replace(one, name="other", title="Other", version="2"),
        replace(one, calibration=PaintedVessels((9,))),
        replace(one, length=Length(save_every=7, device="cpu")),
    ]
    other = [
        replace(one, length=Length(steps=7)),
        replace(one, feed=FeedSettings(batch=4)),
        replace(one, train=PaintedVessels((1, 4))),
    ]
    assert {each.stamp() for each in alike} == {one.stamp()}
    assert len({one.stamp(), *(each.stamp() for each in other)}) == 4
