"""Three players: a network that draws vessels, and two critics that compete for where the edge runs.

One step, after a warm-up on labelled patches:

    labelled patches    -> network -> Dice + cross entropy
    unlabelled patches  -> network -> the two critics' verdict, self-supervision at the edge, a teacher's maps
    true and wrong masks, and predictions -> each critic -> its own loss

Every term has a weight (`pathoflow.evsnet.settings`); those at 0 cost nothing. Unlabelled patches reach this file as
pictures without masks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import torch
from torch import nn

from pathoflow.evsnet.consistency import edge_self_supervision, released_self_supervision
from pathoflow.evsnet.losses import (
    competing_loss,
    critic_loss,
    released_competing_loss,
    released_critic_loss,
)
from pathoflow.evsnet.purity import (
    BackgroundPurityCritic,
    ForegroundPurityCritic,
    PurityCritic,
    Side,
)
from pathoflow.evsnet.samples import Labelled, Predicted, released_shown_to, shown_to
from pathoflow.evsnet.settings import EvsSettings
from pathoflow.evsnet.teacher import teacher_maps
from pathoflow.evsnet.triplet import released_triplet
from pathoflow.networks.card import Normalisation
from pathoflow.training.draws import generator
from pathoflow.training.evaluation import normalised, predictor
from pathoflow.training.feed import Batch
from pathoflow.training.methods import Setup
from pathoflow.training.organs import (
    LOCAL_CRITIC,
    RELEASED_CRITIC,
    Critic,
    LabelledPatches,
    band_consistency,
    confident_cross_entropy,
    cut_and_mix,
    edge_band,
    paste_foregrounds,
    released_dice,
    segmentation_loss,
)
from pathoflow.training.schedule import Schedule
from pathoflow.training.step import NETWORK, Player, Turn

FOREGROUND, BACKGROUND = "foreground", "background"
Losses = Mapping[str, torch.Tensor]


@dataclass
class _Seen:
    """What the network said in this step, for the critics: normalised pixels and probabilities of any class."""

    labelled: Batch
    labelled_p: torch.Tensor
    unlabelled: Batch | None = None
    unlabelled_p: torch.Tensor | None = None


class EvsNet:
    """The step of ``evsnet`` and ``few-labels``."""

    def __init__(self, network: nn.Module, setup: Setup, settings: EvsSettings) -> None:
        self.settings = settings
        self.normalisation: Normalisation = setup.normalisation
        self.seed = setup.schedule.seed
        # Where no term asks for them, unlabelled patches are not shown: batch norm would learn from them.
        self.can_go_on = setup.has_unlabelled and not settings.is_supervised
        self.players = {NETWORK: Player(network, setup.schedule.optimisation)}
        if settings.critics.weight and self.can_go_on:
            for name, critic in _critics(settings, setup.schedule).items():
                self.players[name] = Player(critic, settings.critics.optimisation)
        self.maps: torch.Tensor | None = None
        self._seen: dict[int, _Seen] = {}

    def __call__(self, turn: Turn) -> None:
        """Labels alone at first; then the network, then each critic."""
        phase = self._phase(turn)
        self._seen.clear()
        if phase <= 0 or not self.can_go_on:
            turn.update(NETWORK, lambda part: self._supervised(turn, part))
        elif self.settings.order == "plain":
            turn.update(NETWORK, lambda part: self._together(turn, part, phase))
        else:
            turn.update(NETWORK, lambda part: self._supervised(turn, part))
            if turn.step % 5 == 0:
                turn.update(NETWORK, lambda part: self._unsupervised(turn, part, phase))
        if phase > 0 and self.can_go_on:
            self._move_critics(turn)
        if self._is_teachers_day(turn):
            self.maps = self._teach(turn)

    def state(self) -> dict[str, torch.Tensor]:
        """The teacher's maps."""
        return {} if self.maps is None else {"maps": self.maps}

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Take the maps back."""
        self.maps = state.get("maps")

    # --- when ---

    def _warm_steps(self, turn: Turn) -> int:
        return round(self.settings.warm_share * turn.steps)

    def _phase(self, turn: Turn) -> float:
        """0 during the warm-up, then from just above 0 to 1 over the ramp."""
        beyond = turn.step - self._warm_steps(turn)
        return min(1.0, beyond / max(1, round(self.settings.ramp_share * turn.steps)))

    def _is_teachers_day(self, turn: Turn) -> bool:
        """At the end of the warm-up, and as often later as maps are renewed."""
        teacher = self.settings.teacher
        if teacher.kind != "frozen" or not self.can_go_on:
            return False
        warm = self._warm_steps(turn)
        rest = turn.steps - warm
        days = {
            warm + round(rest * k / (teacher.renewals + 1)) for k in range(teacher.renewals + 1)
        }
        return turn.step in days

    # --- the network ---

    def _supervised(self, turn: Turn, part: int) -> Losses:
        batch = self._labelled(turn, part)
        logits = self._logits(batch.pixels)
        self._seen[part] = _Seen(batch, torch.sigmoid(logits.detach()))
        terms = {"segmentation": self._segmentation(logits, batch)}
        if self.settings.variant == "released" and self._phase(turn) > 0:
            # The released code asks labelled patches for consistency too.
            terms["self-supervision labelled"] = self._released_consistency(turn, batch, part)
        return terms

    def _together(self, turn: Turn, part: int, phase: float) -> Losses:
        labelled, unlabelled = self._labelled(turn, part), self._unlabelled(turn, part)
        # One pass, so that batch statistics are those of both.
        logits = self._logits(torch.cat([labelled.pixels, unlabelled.pixels]))
        own, other = logits.split([len(labelled.pixels), len(unlabelled.pixels)])
        terms = {"segmentation": self._segmentation(own, labelled)}
        terms |= self._unlabelled_terms(turn, unlabelled, other, phase)
        p_own, p_other = torch.sigmoid(own.detach()), torch.sigmoid(other.detach())
        self._seen[part] = _Seen(labelled, p_own, unlabelled, p_other)
        return terms

    def _unsupervised(self, turn: Turn, part: int, phase: float) -> Losses:
        unlabelled = self._unlabelled(turn, part)
        return self._unlabelled_terms(turn, unlabelled, self._logits(unlabelled.pixels), phase)

    def _unlabelled_terms(
        self, turn: Turn, batch: Batch, logits: torch.Tensor, phase: float
    ) -> dict[str, torch.Tensor]:
        settings, p = self.settings, torch.sigmoid(logits)
        terms = self._teachers_terms(batch, logits, phase)
        if settings.self_supervision:
            weight = phase * settings.self_supervision
            terms["self-supervision"] = weight * self._consistency(turn, batch, p)
        critics = self._both()
        if critics and phase >= 1 / 2:
            # A critic that has seen nothing yet has nothing to say: the first half of the ramp is its own.
            weight = (2 * phase - 1) * settings.critics.weight
            terms["critics"] = weight * self._verdict(critics, batch, p)
        # How large it draws, to be watched: a term that inflates or shrinks masks shows here first.
        terms["_area"] = p.detach().mean()
        return terms

    def _teachers_terms(
        self, batch: Batch, logits: torch.Tensor, phase: float
    ) -> dict[str, torch.Tensor]:
        teacher = self.settings.teacher
        if teacher.kind == "none":
            return {}
        maps, p, terms = batch.maps, torch.sigmoid(logits), {}
        if teacher.band:
            band = edge_band((maps > 0.5).to(p.dtype), teacher.band_kernel)
            terms["teacher band"] = phase * teacher.band * band_consistency(p, maps, band)
        if teacher.everywhere:
            terms["teacher"] = phase * teacher.everywhere * (p - maps).square().mean()
        if teacher.confident:
            cost = confident_cross_entropy(logits, maps, teacher.low, teacher.high)
            terms["pseudo-labels"] = phase * teacher.confident * cost
        return terms

    def _teach(self, turn: Turn) -> torch.Tensor:
        """The teacher's maps of all unlabelled pictures, in half precision."""
        if turn.feed.pictures is None:
            raise ValueError("a teacher needs unlabelled patches: name some under data.unlabelled")
        predict = predictor(turn.average.module, self.normalisation)
        return teacher_maps(predict, turn.feed.pictures).half().cpu()

    def _segmentation(self, logits: torch.Tensor, batch: Batch) -> torch.Tensor:
        if self.settings.variant == "released":
            return released_dice(torch.sigmoid(logits), batch.masks)
        return segmentation_loss(logits, batch.masks, batch.weight)

    def _consistency(self, turn: Turn, batch: Batch, p: torch.Tensor) -> torch.Tensor:
        if self.settings.variant == "released":
            return self._released_consistency(turn, batch, 0)
        draw = generator(self.seed, "turns", turn.step)
        return edge_self_supervision(self._probabilities, batch.pixels, p, draw)

    def _released_consistency(self, turn: Turn, batch: Batch, part: int) -> torch.Tensor:
        draw = generator(self.seed, "turns", turn.step, part)
        return released_self_supervision(self._probabilities, batch.pixels, draw)

    def _logits(self, pixels: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.players[NETWORK].module(normalised(pixels, self.normalisation))
        return logits

    def _probabilities(self, pixels: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self._logits(pixels))

    # --- the critics ---

    def _both(self) -> dict[str, nn.Module]:
        return {k: v.module for k, v in self.players.items() if k != NETWORK}

    def _verdict(
        self, critics: Mapping[str, nn.Module], batch: Batch, p: torch.Tensor
    ) -> torch.Tensor:
        """What the critics hold against the predictions; their own weights get no gradient from it."""
        x, mask = normalised(batch.pixels, self.normalisation), _any(p)
        competing = (
            released_competing_loss if self.settings.variant == "released" else competing_loss
        )
        for critic in critics.values():
            critic.requires_grad_(False)
        held = competing([cast("PurityCritic", critic) for critic in critics.values()], x, mask)
        for critic in critics.values():
            critic.requires_grad_(True)
        return held

    def _move_critics(self, turn: Turn) -> None:
        for name in self._both():
            turn.update(name, partial(self._critic, turn, name))

    def _critic(self, turn: Turn, name: str, part: int) -> Losses:
        seen, critic = self._looked_at(turn, part), cast("PurityCritic", self.players[name].module)
        side = cast("Side", name)
        draw = generator(self.seed, f"samples {name}", turn.step, part)
        exact = self._shown(seen.labelled, _any(seen.labelled.masks))
        labelled = Labelled(exact.pixels, exact.probabilities, seen.labelled.weight)
        if seen.unlabelled is None or seen.unlabelled_p is None:
            raise RuntimeError("critics look at unlabelled predictions, and there are none")
        guess = self._shown(seen.unlabelled, _any(seen.unlabelled_p))
        if self.settings.variant == "released":
            share = exact.pixels.shape[-1] / 128
            kernel = max(3, round(self.settings.released_kernel * share) // 2 * 2 + 1)
            true, fake = released_shown_to(side, labelled, guess, kernel)
            return {name: released_critic_loss(critic, true, fake, draw)}
        again = self._shown(seen.labelled, _any(seen.labelled_p))
        samples = (self.settings.critics.samples, draw)
        return {name: critic_loss(critic, shown_to(side, labelled, again, guess, samples))}

    def _looked_at(self, turn: Turn, part: int) -> _Seen:
        """What was predicted in this step; between the network's turns it is asked again."""
        seen = self._seen[part]
        if seen.unlabelled is None:
            seen.unlabelled = self._unlabelled(turn, part)
            with torch.no_grad():
                seen.unlabelled_p = self._probabilities(seen.unlabelled.pixels)
        return seen

    def _shown(self, batch: Batch, mask: torch.Tensor) -> Predicted:
        return Predicted(normalised(batch.pixels, self.normalisation), mask)

    # --- what is seen ---

    def _unlabelled(self, turn: Turn, part: int) -> Batch:
        """Patches with the teacher's maps of them."""
        teacher = self.settings.teacher
        frozen = teacher.kind == "frozen"
        batch = turn.feed.unlabelled(turn.step, part, self.maps if frozen else None)
        if teacher.kind == "online":
            said = predictor(turn.average.module, self.normalisation)(batch.plain).clone()
            batch = replace(batch, maps=said)
        if not teacher.mixed:
            return batch
        draw = generator(self.seed, "mixed", turn.step, part)
        # A teacher sees whole patches, and only then are they cut.
        pixels, plain, maps = cut_and_mix(
            (batch.pixels, batch.plain, batch.maps), teacher.mixed, draw
        )
        return replace(batch, pixels=pixels, plain=plain, maps=maps)

    def _labelled(self, turn: Turn, part: int) -> Batch:
        batch = turn.feed.labelled(turn.step, part)
        n = round(self.settings.paste * len(batch.pixels))
        if not n:
            return batch
        source = turn.feed.labelled(turn.step, part, stream="pasted")
        draw = generator(self.seed, "paste", turn.step, part)
        whole = [LabelledPatches(b.pixels[:n], b.masks[:n], b.weight[:n]) for b in (source, batch)]
        try_on = paste_foregrounds(whole[0], whole[1], draw)
        pairs = (("pixels", try_on.pixels), ("masks", try_on.masks), ("weight", try_on.known))
        joined = {name: torch.cat([new, getattr(batch, name)[n:]]) for name, new in pairs}
        return replace(batch, **joined)


def _any(masks: torch.Tensor) -> torch.Tensor:
    """Critics look at one mask: of any class."""
    return masks.amax(1, keepdim=True)


def _critics(settings: EvsSettings, schedule: Schedule) -> dict[str, PurityCritic]:
    """The critics that are asked for, with fresh weights of their own."""
    released = settings.variant == "released"
    shape = LOCAL_CRITIC
    if released:
        # Made for 128 px, which its six layers halve to 2 x 2: smaller crops have fewer layers.
        depth = int(math.log2(schedule.augmentation.crop_px)) - 1
        shape = replace(RELEASED_CRITIC, widths=RELEASED_CRITIC.widths[:depth])
    found: dict[str, PurityCritic] = {}
    for name, kind in ((FOREGROUND, ForegroundPurityCritic), (BACKGROUND, BackgroundPurityCritic)):
        if settings.critics.which in ("both", name):
            critic = Critic(shape, generator(schedule.seed, f"critic {name}"))
            found[name] = kind(critic, released_triplet) if released else kind(critic)
    return found
