"""Profiles of one vessel, which a reader links: they count once, and none is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pathoflow.mvi.completions import possible_far
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import InvadedVessel, Kind, Location, MuscularWall, Status
from pathoflow.mvi.settle import IN_GRADE, Role, SettledVessel


def join_linked(
    vessels: Sequence[SettledVessel],
    pairs: Sequence[tuple[str, str]],
    criteria: MviCriteria,
) -> tuple[SettledVessel, ...]:
    """Let linked profiles count once, as the first of the surest ones, with the worst that any of them shows.

    Profiles that are rejected or left out take no part in their group.
    """
    groups = _groups([v.id for v in vessels if v.role in IN_GRADE], pairs)
    by_id = {vessel.id: vessel for vessel in vessels}
    joined = dict(by_id)
    for group in groups:
        members = [by_id[name] for name in group]
        # Sorting is stable, so equals stay in the order of the case.
        lead = sorted(members, key=lambda v: IN_GRADE.index(v.role))[0]
        worst = _worst([lead.vessel, *(v.vessel for v in members if v is not lead)], criteria)
        joined[lead.id] = replace(lead, vessel=worst)
        for member in members:
            if member is not lead:
                gone = replace(member.vessel, status=Status.REJECTED)
                joined[member.id] = replace(member, role=Role.LINKED, vessel=gone, same_as=lead.id)
    return tuple(joined[vessel.id] for vessel in vessels)


def _groups(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Groups of two and more, in the order of ``names``; links join over several steps."""
    group_of = {name: name for name in names}
    for first, second in pairs:
        if first in group_of and second in group_of:
            old, new = group_of[second], group_of[first]
            group_of = {name: new if own == old else own for name, own in group_of.items()}
    members: dict[str, list[str]] = {}
    for name in names:
        members.setdefault(group_of[name], []).append(name)
    return [group for group in members.values() if len(group) > 1]


def _worst(profiles: Sequence[InvadedVessel], criteria: MviCriteria) -> InvadedVessel:
    """One vessel from its profiles, the lead first; what one profile leaves open stays open unless another settles it."""
    lead = profiles[0]
    dist_edge_um, location = _farthest(profiles, criteria.near_um)
    n_cells, interval = _most_cells(profiles)
    kinds = [p.kind for p in profiles if p.kind is not Kind.UNKNOWN]
    walls = {p.muscular_wall for p in profiles}
    wall = next(
        (w for w in (MuscularWall.YES, MuscularWall.UNKNOWN) if w in walls), MuscularWall.NO
    )
    return InvadedVessel(
        lead.id,
        dist_edge_um,
        n_cells,
        location,
        lead.status,
        wall,
        kinds[0] if kinds else Kind.UNKNOWN,
        interval,
    )


def _farthest(profiles: Sequence[InvadedVessel], near_um: float) -> tuple[float | None, Location]:
    sides = [possible_far(p, near_um) for p in profiles]
    known = [p for p in profiles if p.dist_edge_um is not None]
    if known:
        last = max(known, key=lambda p: p.dist_edge_um or 0.0)
        is_far = (last.dist_edge_um or 0.0) > near_um
        if is_far or all(side == {False} for side in sides):
            return last.dist_edge_um, last.location
    if {True} in sides:
        return None, Location.PERITUMORAL_FAR
    if all(side == {False} for side in sides):
        return None, Location.PERITUMORAL_NEAR
    return None, Location.UNKNOWN


def _most_cells(profiles: Sequence[InvadedVessel]) -> tuple[int | None, tuple[int, int] | None]:
    counted = [p for p in profiles if p.n_cells is not None]
    if not counted:
        return None, None
    most = max(counted, key=lambda p: p.n_cells or 0)
    # Above the last step of every rule one more profile changes nothing.
    is_settled = (most.n_cells_interval or (most.n_cells or 0, 0))[0] > 50
    if len(counted) < len(profiles) and not is_settled:
        return None, None
    spans = [p.n_cells_interval or (p.n_cells or 0, p.n_cells or 0) for p in counted]
    if all(p.n_cells_interval is None for p in counted):
        return most.n_cells, None
    return most.n_cells, (max(low for low, _ in spans), max(high for _, high in spans))
