from __future__ import annotations

import subprocess
import sys

from pathoflow.loopnet.made_of import ModelSettings


def test_a_card_s_settings_are_read_without_torch() -> None:
    code = "import sys; import pathoflow.loopnet.card; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_locating_head_narrows_from_the_encoder_to_the_classes() -> None:
    first, second = ModelSettings().hidden
    assert first > second > 3
