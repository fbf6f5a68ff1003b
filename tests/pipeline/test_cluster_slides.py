"""What a worker answers about a slide."""

from __future__ import annotations

import pickle

from pathoflow.errors import Code, MppUnknown
from pathoflow.pipeline.cluster_slides import travelling


def raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as caught:
        return caught


class Unknown(Exception):
    """Of a library that only the worker has; it cannot be made from its words alone."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def test_an_error_of_ours_arrives_with_its_code_and_where_it_happened() -> None:
    sent = travelling(raised(MppUnknown("no scale.", Code.MPP_SUSPECT)))
    back = pickle.loads(pickle.dumps(sent))
    assert (type(back), str(back), back.code) == (MppUnknown, "no scale.", Code.MPP_SUSPECT)
    assert "in raised" in back.__notes__[0]


def test_a_foreign_error_arrives_as_its_words() -> None:
    back = pickle.loads(pickle.dumps(travelling(raised(Unknown(1, 2)))))
    assert (type(back), str(back)) == (RuntimeError, "Unknown: 1 and 2")
    assert "in raised" in back.__notes__[0]
