from __future__ import annotations

from pathlib import Path

import pytest

from pathoflow.errors import UsageError
from pathoflow.training import load_settings

SHORTEST = """
name = "our-vessels"
[data]
labelled = [{ slide = "a.svs", outlines = "a.geojson" }, { slide = "b.svs", outlines = "b.geojson" }]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "train.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shortest_config_begins_with_the_vessel_network_and_learns_from_few_labels(
    tmp_path: Path,
) -> None:
    settings = load_settings(written(tmp_path, SHORTEST))
    assert settings.method == "evsnet"
    assert settings.start.network == "vessel-starter"
    assert settings.data.classes == ("vessel",)
    assert [source.slide for source in settings.data.labelled] == ["a.svs", "b.svs"]


def test_the_stamp_tells_configs_apart(tmp_path: Path) -> None:
    one = load_settings(written(tmp_path, SHORTEST))
    same = load_settings(written(tmp_path, SHORTEST + "\n# a remark\n"))
    other = load_settings(written(tmp_path, SHORTEST + "[schedule]\nsteps = 9\n"))
    assert one.stamp() == same.stamp() != other.stamp()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ("[schedule]\nsteps = 1\n", "schedule.steps"),
        ("[schedule]\nspeed = 3\n", "speed"),
        (
            '[start]\narchitecture = { builder = "Unet", encoder = "resnet18" }\n',
            "mpp must be given",
        ),
        ('[start]\nencoder_sha256 = "ab"\n', "needs start.architecture"),
    ],
)
def test_what_cannot_be_trained_is_said(tmp_path: Path, changes: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace(".", r"\.")):
        load_settings(written(tmp_path, SHORTEST + changes))


def test_a_threshold_outside_its_range_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="threshold must lie between 0 and 1"):
        load_settings(written(tmp_path, "threshold = 1.0\n" + SHORTEST))


@pytest.mark.parametrize("text", [None, "steps = = 3", "[data]\nlabelled = []"])
def test_what_is_no_config_is_refused_by_name(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "train.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageError, match=r"train\.toml"):
        load_settings(path)
