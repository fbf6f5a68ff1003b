from __future__ import annotations

import subprocess
import sys

import pathoflow.vessels
from pathoflow.mvi import Kind as KindOfMvi
from pathoflow.mvi import MuscularWall as WallOfMvi
from pathoflow.vessels import Kind, MuscularWall


def test_grading_and_vessels_speak_of_the_same_kinds() -> None:
    assert KindOfMvi is Kind
    assert WallOfMvi is MuscularWall
    assert [str(kind) for kind in Kind] == [
        "portal",
        "hepatic",
        "capsular",
        "artery",
        "lymphatic",
        "unknown",
    ]


def test_the_words_of_kind_load_no_store_and_no_contours() -> None:
    program = "import pathoflow.mvi, sys; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert {"zarr", "skimage"}.isdisjoint(run.stdout.split())


def test_the_room_offers_what_its_table_of_homes_says() -> None:
    assert sorted(pathoflow.vessels.__all__) == sorted(pathoflow.vessels._HOMES)
