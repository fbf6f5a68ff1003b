from __future__ import annotations

import pytest

from pathoflow import errors
from pathoflow.errors import (
    Code,
    EnvironmentFault,
    JournalError,
    MppUnknown,
    NetworkError,
    NoSpace,
    PathoflowError,
    ReaderRefused,
    ReviewCode,
    ReviewRefused,
    SlideError,
    SlideRejected,
    SlideUnreadable,
    TileUnreadable,
    UsageError,
)


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (UsageError, 2),
        (NetworkError, 2),
        (ReviewRefused, 2),
        (JournalError, 1),
        (EnvironmentFault, 3),
        (NoSpace, 3),
        (SlideUnreadable, 1),
        (ReaderRefused, 1),
        (TileUnreadable, 1),
        (MppUnknown, 1),
        (SlideRejected, 1),
    ],
)
def test_each_error_ends_the_command_with_its_exit_code(
    error: type[PathoflowError], exit_code: int
) -> None:
    assert error("x").exit_code == exit_code


def test_one_base_catches_every_error_of_ours() -> None:
    ours = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, Exception)]
    assert len(ours) > 5
    assert all(issubclass(error, PathoflowError) for error in ours)


def test_errors_of_one_slide_are_told_from_errors_of_the_call() -> None:
    assert issubclass(MppUnknown, SlideError)
    assert not issubclass(UsageError, SlideError)


def test_an_error_has_the_code_of_its_kind_unless_told_otherwise() -> None:
    assert MppUnknown("x").code is Code.MPP_MISSING
    assert MppUnknown("x", Code.MPP_SUSPECT).code is Code.MPP_SUSPECT
    assert UsageError("x").code is None


def test_giving_a_code_to_one_error_leaves_the_next_as_it_was() -> None:
    MppUnknown("x", Code.MPP_SUSPECT)
    assert MppUnknown("y").code is Code.MPP_MISSING


def test_the_message_is_the_sentence() -> None:
    assert str(SlideUnreadable("a.svs is empty.")) == "a.svs is empty."


def test_codes_are_their_own_names() -> None:
    # Scripts compare these strings; a typing slip in a value would break them silently.
    assert all(code.value == code.name for code in [*Code, *ReviewCode])
    assert not {*Code} & {*ReviewCode}
