"""Numbers as a reader wants them: unit chosen by size, nothing blank, nothing more exact than it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

#: Said wherever a value is absent, so that no cell is ever empty.
UNKNOWN = "unknown"
NOT_COUNTED = "not counted"

_UM2_PER_CM2 = 1e8
_UM2_PER_MM2 = 1e6


def say_area_cm2(area_um2: float | None) -> str:
    """An area in cm², two decimals; a small but present area is never rounded to nothing."""
    if area_um2 is None:
        return f"{UNKNOWN} area"
    if 0 < area_um2 < 0.01 * _UM2_PER_CM2:
        return "less than 0.01 cm²"
    return f"{area_um2 / _UM2_PER_CM2:.2f} cm²"


def say_area(area_um2: float | None) -> str:
    """An area in the largest of cm², mm² and µm² that keeps it readable."""
    if area_um2 is None:
        return UNKNOWN
    if area_um2 >= 0.1 * _UM2_PER_CM2:
        return f"{area_um2 / _UM2_PER_CM2:.2f} cm²"
    if area_um2 >= 0.01 * _UM2_PER_MM2:
        return f"{area_um2 / _UM2_PER_MM2:.2f} mm²"
    return f"{area_um2:,.0f} µm²"


def say_mm(length_um: float | None) -> str:
    """A length in mm, two decimals."""
    return UNKNOWN if length_um is None else f"{length_um / 1000:.2f} mm"


def say_um(length_um: float | None) -> str:
    """A length in whole µm."""
    return UNKNOWN if length_um is None else f"{length_um:,.0f} µm"


def say_score(score: float | None) -> str:
    """A score between 0 and 1, three decimals; 0 and 1 are said only where they are exact."""
    if score is None:
        return "no score"
    if 0 < score < 0.0005:
        return "<0.001"
    if 0.9995 <= score < 1:
        return ">0.999"
    return f"{score:.3f}"


def say_percent(fraction: float | None) -> str:
    """A fraction as whole percent."""
    return UNKNOWN if fraction is None else f"{fraction * 100:.0f} %"


def say_count(n: int, one: str, many: str | None = None) -> str:
    """``1 vessel``, ``2 vessels``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def say_cells(n: float | None, interval: Sequence[float] | None) -> str:
    """A cell count with its interval, where there is one."""
    if n is None:
        return NOT_COUNTED
    if not interval:
        return f"{n:g}"
    return f"{n:g} ({interval[0]:g} to {interval[1]:g})"


def say_word(word: object) -> str:
    """A stored word such as ``tumour_centre`` in plain letters."""
    return str(word).replace("_", " ") if word not in (None, "") else UNKNOWN


def join_words(words: Sequence[str], last: str = "or") -> str:
    """``M0``, ``M0 or M1``, ``M0, M1 or M2a``."""
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def say_duration(started_utc: str | None, finished_utc: str | None) -> str:
    """Time between two ISO 8601 moments, ``1 h 02 min 05 s``."""
    try:
        started = datetime.fromisoformat(str(started_utc))
        finished = datetime.fromisoformat(str(finished_utc))
        seconds = round((finished - started).total_seconds())
    except (ValueError, TypeError):
        return UNKNOWN
    if seconds < 0:
        return UNKNOWN
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes:02d} min {seconds:02d} s"
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"
