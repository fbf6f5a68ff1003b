from __future__ import annotations

import json
from typing import Any

from pathoflow.report.provenance import trace_origin


def test_everything_stored_is_told(result: dict[str, Any]) -> None:
    result["provenance"]["openslide"] = "4.0.1"
    origin = trace_origin(result)
    facts = dict(origin.facts)
    assert facts["Slide file, sha256"] == "5f" * 32
    assert facts["Pixel size"] == "0.5 × 0.5 µm (y × x), from the file's header"
    assert facts["Tiles"] == "412 done, 96 skipped, 0 failed"
    assert facts["Duration"] == "1 h 02 min 05 s"
    assert facts["Synthetic"] == "no"
    assert facts["Openslide"] == "4.0.1"
    assert facts["Bounds px"] == "none"
    assert json.loads(origin.settings) == result["provenance"]["settings"]


def test_networks_carry_version_and_hash(result: dict[str, Any]) -> None:
    result["provenance"]["networks"][0]["version"] = "1.2"
    networks = trace_origin(result).networks
    assert [(n.name, n.sha256) for n in networks] == [
        ("vessel-starter 1.2", "ab" * 32),
        ("tissue-starter", "cd" * 32),
    ]


def test_what_is_missing_is_said(failed_result: dict[str, Any]) -> None:
    facts = dict(trace_origin(failed_result).facts)
    assert facts["Pixel size"] == "unknown"
    assert all(value for value in dict(trace_origin({}).facts).values())
