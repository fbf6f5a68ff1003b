from __future__ import annotations

from pathoflow.evsnet.experiment.arms import ALL, ARMS, BASE
from pathoflow.evsnet.settings import FEW_LABELS


def test_all_arms_share_their_warm_up() -> None:
    shares = {(arm.settings.warm_share, arm.settings.ramp_share) for arm in ARMS.values()}
    assert shares == {(FEW_LABELS.warm_share, FEW_LABELS.ramp_share)}


def test_what_is_judged_again_is_an_arm_of_its_own_or_the_warm_up() -> None:
    for arm in ARMS.values():
        assert arm.of in ("", "warm", "warm-S", BASE)
    assert [name for name, arm in ARMS.items() if arm.labels == "all"] == [ALL]


def test_one_thing_at_a_time_tells_arms_from_the_supervised_one() -> None:
    base = ARMS[BASE].settings
    assert ARMS["B"].settings.critics == base.critics
    assert ARMS["C"].settings.self_supervision == 0
    assert ARMS["C"].settings.critics == ARMS["D"].settings.critics == ARMS["TC"].settings.critics
    assert ARMS["T"].settings.teacher == ARMS["TC"].settings.teacher
