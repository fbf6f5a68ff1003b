from dataclasses import FrozenInstanceError

import pytest

from pathoflow.errors import Code
from pathoflow.tissue import Flag


def test_a_flag_carries_a_stable_code_and_cannot_be_altered():
    flag = Flag(Code.BLUR, "warning", "Some of it is blurred.")
    assert flag.code == "BLUR"
    assert flag.area_um2 is None
    with pytest.raises(FrozenInstanceError):
        flag.severity = "error"
