"""What a worker knows of itself, and what it keeps between tasks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import pathoflow
from pathoflow.errors import EnvironmentFault
from pathoflow.pipeline import RunSettings, cluster_worker
from pathoflow.pipeline.cluster_worker import Kit, OpenSlides, device_for, threads_for


@pytest.mark.parametrize(
    ("cores", "slots", "wish", "threads"),
    [
        (8, 2, "", 4),
        (16, 3, "", 5),
        # A single thread would round differently.
        (2, 8, "", 2),
        (1, 1, "", 2),
        (4, 0, "", 4),
        (8, 2, "1", 1),
        (8, 2, "3", 3),
        (8, 2, "4,2", 4),
        (8, 2, "0", 4),
    ],
)
def test_workers_of_one_machine_share_its_cores(
    cores: int, slots: int, wish: str, threads: int
) -> None:
    assert threads_for(cores, slots, wish) == threads


@pytest.mark.parametrize(
    ("wish", "name", "n_gpus", "device"),
    [
        ("auto", "0", 2, "cuda:0"),
        ("auto", "3", 2, "cuda:1"),
        ("cuda", "SLURMCluster-4-1", 4, "cuda:1"),
        ("auto", "3", 0, "auto"),
        # The only one needs no number, so that results name the same device as those of a local run.
        ("auto", "3", 1, "auto"),
        ("cuda", "somebody", 2, "cuda"),
    ],
)
def test_several_gpus_are_dealt_out(wish: str, name: str, n_gpus: int, device: str) -> None:
    assert device_for(wish, name, n_gpus) == device


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    mark = tmp_path / "mark"
    mark.touch()
    return Kit("run", pathoflow.__version__, mark, RunSettings(), ())


def test_a_machine_with_the_same_version_and_folders_is_of_use(kit: Kit, tmp_path: Path) -> None:
    (tmp_path / "a.svs").touch()
    kit.check_machine(tmp_path / "a.svs")


def test_a_machine_without_the_folders_says_which_and_who(kit: Kit, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match=r"the worker on .* does not see .*a\.svs"):
        kit.check_machine(tmp_path / "a.svs")
    (tmp_path / "a.svs").touch()
    kit.mark.unlink()
    with pytest.raises(EnvironmentFault, match=f"does not see {tmp_path} as this machine"):
        kit.check_machine(tmp_path / "a.svs")


def test_a_machine_with_another_version_is_of_no_use(kit: Kit, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match=r"this command 0\.0\.9"):
        Kit("run", "0.0.9", kit.mark, kit.settings, ()).check_machine(tmp_path)


class FakeSlide:
    def __init__(self) -> None:
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[FakeSlide]:
    made: list[FakeSlide] = []

    def open_slide(path: Path, mpp: float | None) -> Any:
        made.append(FakeSlide())
        return made[-1]

    monkeypatch.setattr(cluster_worker, "open_slide", open_slide)
    return made


def test_a_slide_stays_open_for_the_next_block_until_the_file_changes(
    opened: list[FakeSlide], tmp_path: Path
) -> None:
    slides, path = OpenSlides(), tmp_path / "a.svs"
    path.touch()
    for _ in range(3):
        with slides.lend(path, None):
            pass
    assert len(opened) == 1
    with slides.lend(path, 0.5):
        assert len(opened) == 2
    os.utime(path, (1, 1))
    with slides.lend(path, None):
        assert len(opened) == 3


def test_two_tasks_at_once_never_share_a_slide(opened: list[FakeSlide], tmp_path: Path) -> None:
    slides = OpenSlides()
    with slides.lend(tmp_path, None) as one, slides.lend(tmp_path, None) as two:
        assert one is not two


def test_only_so_many_stay_open_and_none_is_closed_in_use(
    opened: list[FakeSlide], tmp_path: Path
) -> None:
    slides = OpenSlides(limit=2)
    paths = [tmp_path / name for name in "abcd"]
    for path in paths:
        path.touch()
    with slides.lend(paths[0], None):
        for path in paths[1:]:
            with slides.lend(path, None):
                pass
        assert [slide.is_closed for slide in opened] == [False, True, False, False]
