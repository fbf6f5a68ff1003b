"""Draw what the veins of a slide are: how many, how wide, of which role, with what in them.

Diameters follow Almenar et al. (2017): about half of all portal and hepatic veins have a short
diameter of 25 to 60 µm, and both kinds are equally many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import UsageError
from pathoflow.phantom.plan.sites import (
    CAPSULAR,
    CENTRAL,
    EMPTY,
    LEAST_UM,
    LEUCOCYTES,
    NAMES,
    PLUG_UM,
    PORTAL,
    SERUM,
    SLIT_UM,
    SUBLOBULAR,
    TUMOUR,
    Sites,
    with_reach,
)
from pathoflow.phantom.plan.tissue import TissuePlan
from pathoflow.phantom.plan.vein import Form, least_open_um
from pathoflow.phantom.recipe.family import FAMILIES
from pathoflow.phantom.recipe.spec import PhantomSpec
from pathoflow.phantom.shapes.outline import ANGLES

#: Plugs that are not tumour: the look-alikes of invasion.
_LOOK_ALIKES = (LEUCOCYTES, LEUCOCYTES + 1, LEUCOCYTES + 2)
_VESSELS_PER_MM2 = 2.0
#: Profiles per tract when a hepatic vein stands beside each: two veins, 1.3 arteries, some twins.
_PER_TRACT = 3.4
_MVI_SHARE, _MVI_LEAST = 0.03, 2
_MEDIAN_UM, _LOG_SD, _WIDEST_UM = 60.0, 0.8, 1500.0
#: A share of the veins is wider than a tile of 512 µm, where the slide can hold them.
_WIDE_SHARE, _WIDE_UM = 0.025, 515.0
_TWIN_SHARE, _SLIT_SHARE, _COLLAPSIBLE_UM = 0.04, 0.075, 280.0
_CAPSULAR, _CAPSULAR_UM = 4, (25.0, 110.0)
#: At most so many veins are cut by the tissue's edge, and one for so many veins.
_TRUNCATED, _VEINS_PER_TRUNCATED = 3, 60
_FORM_SHARES = {Form.OVAL: 0.6, Form.ANGULAR: 0.22, Form.FOLDED: 0.18}

Lengths = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Numbers:
    portal: int
    hepatic: int
    #: Tracts with a second artery.
    second_arteries: int
    twins: int
    invaded: int
    equivocal: int

    @property
    def veins(self) -> int:
        return self.portal + self.hepatic

    @property
    def marked(self) -> int:
        """Invaded and equivocal veins; they come first in all arrays."""
        return self.invaded + self.equivocal


def _count(spec: PhantomSpec, tissue: TissuePlan) -> _Numbers:
    """Numbers whose profiles sum to what the recipe asks for."""
    total = spec.vessels
    if total is None:
        total = max(3, round(_VESSELS_PER_MM2 * 1e-6 * tissue.liver_area_um2))
    portal = min(round(total / _PER_TRACT), total // 3)
    spare = total - 3 * portal
    twins = min(spare, round(_TWIN_SHARE * 2 * portal))
    second = min(portal, (spare - twins) * 3 // 4)
    hepatic = portal + spare - twins - second
    veins = portal + hepatic
    invaded = spec.mvi_vessels
    if invaded is None:
        wanted = max(_MVI_LEAST, round(_MVI_SHARE * veins))
        invaded = min(wanted, veins // 3) if spec.tumour else 0
    if invaded > veins:
        raise UsageError(
            f"mvi_vessels = {invaded} exceeds the {veins} veins of this slide:"
            " lower it, or raise vessels."
        )
    equivocal = spec.equivocal
    if equivocal is None:
        usual = round(FAMILIES[spec.family].equivocal * invaded)
        equivocal = min(usual, (veins - invaded) // 2)
    if equivocal > veins - invaded:
        raise UsageError(
            f"equivocal = {equivocal} exceeds the {veins - invaded} veins of this slide that are"
            " not invaded: lower it, or raise vessels."
        )
    return _Numbers(portal, hepatic, second, twins, invaded, equivocal)


def draw_sites(
    spec: PhantomSpec, tissue: TissuePlan, tumour_density_um2: float, rng: np.random.Generator
) -> Sites:
    """Everything about the units but their places, which are not numbers yet.

    Invaded units come first, those with a wanted distance before the others.

    Raises
    ------
    UsageError
        More veins are to be invaded or equivocal than there are, or one is to hold more cells
        than any vein on this slide can.
    """
    numbers = _count(spec, tissue)
    narrowest = min(float(piece.radius_um.min()) for piece in tissue.pieces)
    largest = float(np.clip(0.32 * narrowest, LEAST_UM, _WIDEST_UM))
    role = _roles(numbers, spec, rng)
    wanted, room = _wanted(spec, numbers, largest, tumour_density_um2)
    diameter = _diameters(numbers.veins, largest, rng)
    content = _contents(spec, numbers, diameter, room, rng)
    diameter = _with_room(diameter, room, largest, rng)
    draft = _Draft(numbers, role, diameter, content, rng)
    if tissue.capsule is not None:
        draft.set_capsular()
    truncated = draft.pick_truncated()
    draft.collapse_some()
    twin = draft.pick_twins(truncated)
    draft.set_sublobular(truncated)
    nowhere = np.full(numbers.veins, np.nan)
    equivocal = np.arange(numbers.veins) < numbers.marked
    equivocal[: numbers.invaded] = False
    return with_reach(
        Sites(
            y_um=nowhere,
            x_um=nowhere.copy(),
            reach_um=nowhere.copy(),
            diameter_um=draft.diameter,
            aspect=draft.aspects(),
            tilt=rng.integers(0, ANGLES, numbers.veins).astype(np.int16),
            role=draft.role,
            form=draft.form,
            content=draft.content,
            wanted_cells=wanted,
            is_equivocal=equivocal,
            is_truncated=truncated,
            has_twin=twin,
            arteries=draft.arteries(),
            seed=rng.integers(0, 2**32, numbers.veins, dtype=np.uint32),
        )
    )


def _roles(numbers: _Numbers, spec: PhantomSpec, rng: np.random.Generator) -> NDArray[np.int8]:
    """Portal and hepatic veins in random order.

    Veins at a wanted distance come first and are hepatic: a tract would reach into the tumour.
    """
    role = np.repeat(np.array([PORTAL, CENTRAL], np.int8), [numbers.portal, numbers.hepatic])
    order = rng.permutation(len(role))
    first = order[role[order] != PORTAL][: len(spec.mvi_distances_um)]
    return np.asarray(role[np.concatenate([first, order[~np.isin(order, first)]])])


def _wanted(
    spec: PhantomSpec, numbers: _Numbers, largest: float, density_um2: float
) -> tuple[NDArray[np.int32], Lengths]:
    """Wanted numbers of tumour cells, 0 for none, and the least diameter of every vein."""
    cells = np.zeros(numbers.veins, np.int32)
    cells[: len(spec.mvi_cells)] = spec.mvi_cells
    room = np.zeros(numbers.veins)
    room[: numbers.marked] = PLUG_UM
    for k, number in enumerate(spec.mvi_cells):
        room[k] = max(PLUG_UM, least_open_um(number, density_um2))
        if room[k] > max(1.6 * largest, PLUG_UM):
            raise UsageError(
                f"mvi_cells = {number} does not fit on {list(spec.size_px)} px of {spec.mpp:g} µm:"
                " lower it, or enlarge size_px."
            )
    return cells, room


def _diameters(veins: int, largest: float, rng: np.random.Generator) -> Lengths:
    found = rng.lognormal(math.log(_MEDIAN_UM), _LOG_SD, veins)
    wide = rng.random(veins) < _WIDE_SHARE
    if largest > _WIDE_UM:
        found[wide] = _WIDE_UM * (largest / _WIDE_UM) ** rng.random(int(wide.sum()))
    return np.clip(found, LEAST_UM, largest)


def _with_room(
    diameter: Lengths, room: Lengths, largest: float, rng: np.random.Generator
) -> Lengths:
    """Draw those veins again that are narrower than ``room``, from all that are wide enough."""
    found = diameter.copy()
    for k in np.flatnonzero(diameter < room).tolist():
        again = _diameters(200, largest, rng)
        wide = again[again >= room[k]]
        found[k] = wide[0] if len(wide) else room[k] * rng.uniform(1.0, 1.15)
    return found


def _contents(
    spec: PhantomSpec,
    numbers: _Numbers,
    diameter: Lengths,
    room: Lengths,
    rng: np.random.Generator,
) -> NDArray[np.int8]:
    """Content of every vein; ``room`` is raised where an empty vein becomes a look-alike."""
    weights = np.array([getattr(spec.contents, name) for name in NAMES[:-1]], float)
    veins, first = numbers.veins, numbers.marked
    content = rng.choice(len(weights), veins, p=weights / weights.sum()).astype(np.int8)
    content[: numbers.invaded] = TUMOUR
    content[numbers.invaded : first] = EMPTY
    plugs = np.isin(content[first:], _LOOK_ALIKES)
    room[first:][plugs] = PLUG_UM
    missing = numbers.invaded - int(plugs.sum())
    if missing <= 0:
        return content
    # Empty veins first, and those that are wide enough already; then the others.
    loose = first + np.flatnonzero(~plugs)
    rank = 2 * (content[loose] != EMPTY) + (diameter[loose] < PLUG_UM) + rng.random(len(loose))
    turned = loose[np.argsort(rank)[:missing]]
    share = weights[list(_LOOK_ALIKES)]
    share = share if share.sum() > 0 else np.ones(3)
    content[turned] = rng.choice(_LOOK_ALIKES, len(turned), p=share / share.sum())
    room[turned] = PLUG_UM
    return content


class _Draft:
    """Veins on their way to sites: picks those with some peculiarity, at most one for each vein."""

    def __init__(
        self,
        numbers: _Numbers,
        role: NDArray[np.int8],
        diameter: Lengths,
        content: NDArray[np.int8],
        rng: np.random.Generator,
    ) -> None:
        self.numbers, self.role, self.diameter = numbers, role, diameter
        self.content, self.rng = content, rng
        shares = np.array(list(_FORM_SHARES.values()))
        self.form = rng.choice(len(shares), numbers.veins, p=shares).astype(np.int8)
        clean = np.arange(numbers.veins) >= numbers.marked
        self._ordinary = clean & ~np.isin(content, _LOOK_ALIKES)

    def _pick(self, number: int, among: Mask) -> NDArray[np.intp]:
        found = np.flatnonzero(among & self._ordinary)
        found = np.sort(self.rng.permutation(found)[: max(number, 0)])
        self._ordinary[found] = False
        return found

    def set_capsular(self) -> None:
        """One to four thin veins for the tumour's coat."""
        number = min(int(self.rng.integers(1, _CAPSULAR + 1)), self.numbers.hepatic // 8)
        narrow = self.diameter < 4 * _CAPSULAR_UM[1]
        chosen = self._pick(number, (self.role == CENTRAL) & narrow)
        self.role[chosen] = CAPSULAR
        self.diameter[chosen] = np.clip(self.diameter[chosen], *_CAPSULAR_UM)

    def pick_truncated(self) -> Mask:
        """Which veins the tissue's edge will cut: a few on a large slide."""
        number = min(_TRUNCATED, self.numbers.veins // _VEINS_PER_TRUNCATED)
        truncated = np.zeros(self.numbers.veins, bool)
        truncated[self._pick(number, (self.role == CENTRAL) & (self.diameter > 30))] = True
        return truncated

    def collapse_some(self) -> None:
        """Turn some veins into slits; what they hold is no plug."""
        number = round(_SLIT_SHARE * self.numbers.veins)
        low = (self.role != CAPSULAR) & (self.diameter < _COLLAPSIBLE_UM)
        slits = self._pick(number, low & (self.diameter >= SLIT_UM))
        slits = np.concatenate([slits, self._pick(number - len(slits), low)])
        self.diameter[slits] = np.maximum(self.diameter[slits], SLIT_UM)
        self.form[slits] = Form.SLIT
        self.content[slits] = np.minimum(self.content[slits], SERUM)

    def pick_twins(self, truncated: Mask) -> Mask:
        """Which veins are cut twice."""
        number = self.numbers.twins
        twin = np.zeros(self.numbers.veins, bool)
        twin[self._pick(number, (self.role != CAPSULAR) & (self.diameter > 25))] = True
        # The number of profiles is exact, so among few veins any may be cut twice.
        others = ~twin & (self.role != CAPSULAR) & (self.form != Form.SLIT) & ~truncated
        twin[np.flatnonzero(others)[: number - int(twin.sum())]] = True
        return twin

    def set_sublobular(self, truncated: Mask) -> None:
        """The wider a hepatic vein, the rather it is sublobular: none below 90 µm, all from 250."""
        chance = np.clip((self.diameter - 90.0) / 160.0, 0.0, 1.0)
        wide = (self.role == CENTRAL) & (self.rng.random(len(chance)) < chance)
        self.role[wide & ~truncated & (self.form != Form.SLIT)] = SUBLOBULAR

    def aspects(self) -> Lengths:
        """Long over short side: 1 to 2 of portal veins, to 3 of hepatic ones, 4 to 8 of slits."""
        number, rng = self.numbers.veins, self.rng
        aspect = 1.0 + np.where(self.role == PORTAL, 1.0, 2.0) * rng.beta(1.1, 2.4, number)
        aspect = np.where(self.role == CAPSULAR, rng.uniform(2.2, 4.5, number), aspect)
        # The widest trunks would else be longer than any section shows them.
        aspect = np.clip(aspect, 1.0, np.maximum(1.2, 2600.0 / self.diameter))
        return np.where(self.form == Form.SLIT, rng.uniform(4.0, 8.0, number), aspect)

    def arteries(self) -> NDArray[np.int8]:
        """One per tract; the wider a tract, the rather it has two."""
        found: NDArray[np.int8] = (self.role == PORTAL).astype(np.int8)
        portal = np.flatnonzero(found)
        weight = self.diameter[portal] * self.rng.exponential(1.0, len(portal))
        found[portal[np.argsort(-weight)[: self.numbers.second_arteries]]] = 2
        return found
