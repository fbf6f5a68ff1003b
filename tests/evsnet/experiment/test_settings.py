from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from pathoflow.errors import UsageError
from pathoflow.evsnet.experiment.settings import PRESETS, load_preset


@pytest.mark.parametrize("name", sorted(p.stem for p in PRESETS.glob("*.toml")))
def test_presets_can_be_read_and_hold_no_slide_in_two_places(name: str) -> None:
    settings = load_preset(name)
    assert settings.tasks
    for task in settings.tasks:
        assert (task.painted is None) != (task.folder is None)
        if task.painted is not None:
            specs = [task.painted.pool, task.painted.watch, *task.painted.tests.values()]
            seeds = [set(spec.seeds) for spec in specs]
            assert len(set().union(*seeds)) == sum(len(s) for s in seeds)
            assert all(spec.family != "train" for spec in task.painted.tests.values())


def test_real_tasks_name_other_pictures_for_the_test() -> None:
    for task in load_preset("cpu").tasks:
        if task.folder is not None:
            taken = [task.folder.pool.take, *(s.take for s in task.folder.tests.values())]
            assert all(one != other for one, other in pairwise(taken))


def test_what_is_unknown_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="use one of cpu, cpu-2, paper, smoke"):
        load_preset("gigantic")
    path = tmp_path / "mine.toml"
    text = (PRESETS / "smoke.toml").read_text("utf-8")
    path.write_text(text.replace('"A-best"', '"A-worst"'), "utf-8")
    with pytest.raises(UsageError, match="unknown arms A-worst"):
        load_preset(str(path))
    path.write_text(text + "speed = 3\n", "utf-8")
    with pytest.raises(UsageError, match="speed"):
        load_preset(str(path))
