"""The loop that makes a starter network: painted patches -> Dice and cross entropy -> averaged weights -> card."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import nn

from pathoflow.data import PatchSet, paint_bank
from pathoflow.errors import UsageError
from pathoflow.networks import (
    Domain,
    Network,
    NetworkCard,
    Normalisation,
    build_module,
    fit_domain,
    load_card,
    save_card,
    save_domain,
)
from pathoflow.networks.weights import save_weights
from pathoflow.phantom import GENERATOR_VERSION
from pathoflow.training.augment import augment
from pathoflow.training.settings import StarterSettings

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Places:
    """Where a training run reads and writes."""

    #: ``.npz`` of ImageNet weights under the encoder's own parameter names.
    encoder_weights: Path
    #: Folder for painted patches, shared by runs on the same slides.
    cache: Path
    #: Folder of the finished network.
    to: Path


def train_starter(settings: StarterSettings, places: Places, report: Report) -> NetworkCard:
    """Train the network of ``settings`` and write its card and weights into ``places.to``.

    The encoder weights' SHA-256 must be the one in the settings. The run is deterministic for a given machine and
    number of threads.

    Raises
    ------
    UsageError
        The encoder weights are missing or are others than the settings name.
    """
    # Layers draw their first weights and their dropout from torch's own generator: it is given back as it was.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.schedule.seed)
        return _train(settings, places, report)


def _train(settings: StarterSettings, places: Places, report: Report) -> NetworkCard:
    module = build_module(settings.architecture, 1)
    _load_encoder(module, places.encoder_weights, settings.encoder_sha256)
    data, ratio = settings.data, round(settings.mpp / settings.data.bank_mpp)
    classes = (settings.target,)
    train = paint_bank(data, data.train_seeds, places.cache, report, classes).reduced(ratio)
    held_out = paint_bank(data, data.validation_seeds, places.cache, report, classes).reduced(ratio)
    averaged, history = _fit(module, train, held_out, settings, report)
    draft = _draft(settings)
    domain = _domain(Network(draft, averaged.eval(), torch.device("cpu")), train, held_out)
    places.to.mkdir(parents=True, exist_ok=True)
    sha = save_weights(averaged, places.to)
    about = save_domain(domain, places.to)
    card = replace(draft, domain=about, weights_sha256=sha, metrics=history[-1])
    save_card(card, places.to)
    return load_card(places.to)


def _load_encoder(module: nn.Module, path: Path, sha256: str) -> None:
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError(f"encoder weights {path} cannot be read: {error.strerror}.") from error
    if found != sha256:
        raise UsageError(
            f"encoder weights {path} have sha256 {found}, the config asks for {sha256}."
        )
    with np.load(path, allow_pickle=False) as stored:
        tensors = {key: torch.from_numpy(stored[key].astype(np.float32)) for key in stored.files}
    encoder: nn.Module = module.encoder  # type: ignore[assignment]
    own = encoder.state_dict()
    fitting = {}
    for key, tensor in tensors.items():
        if key in own and tensor.numel() == own[key].numel():
            fitting[key] = tensor.reshape(own[key].shape).to(own[key].dtype)
    missing = [k for k in own if k not in fitting and not k.endswith("num_batches_tracked")]
    if missing:
        raise UsageError(
            f"encoder weights {path} lack {len(missing)} tensors, first {missing[0]!r}; "
            "give the weights of the config's encoder."
        )
    encoder.load_state_dict(fitting, strict=False)


def _fit(
    module: nn.Module,
    train: PatchSet,
    held_out: PatchSet,
    settings: StarterSettings,
    report: Report,
) -> tuple[nn.Module, list[dict[str, float]]]:
    plan = settings.schedule
    draw = torch.Generator().manual_seed(plan.seed)
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    averaged = copy.deepcopy(module)
    optimiser = torch.optim.AdamW(
        module.parameters(), lr=plan.learning_rate, weight_decay=plan.weight_decay
    )
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, plan.learning_rate, total_steps=plan.steps, pct_start=0.1
    )
    pixels = torch.from_numpy(train.pixels).permute(0, 3, 1, 2)
    truth = train.truth(settings.target)
    masks = torch.from_numpy(
        np.stack([truth.astype(np.uint8), pixel_weights(truth, train.known)], 1)
    )
    history: list[dict[str, float]] = []
    for step in range(1, plan.steps + 1):
        module.train()
        pick = torch.randint(len(pixels), (plan.batch,), generator=draw)
        x, y = augment(pixels[pick].float() / 255, masks[pick].float(), plan.crop_px, draw)
        loss = segmentation_loss(module((x - 0.5) / 0.5), y[:, :1], y[:, 1:])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rate.step()
        _average(averaged, module, min(plan.ema, step / (step + 10)))
        if step % 20 == 0:
            report(f"step {step} of {plan.steps}: loss {loss.item():.4f}")
        if step % plan.validate_every == 0 or step == plan.steps:
            history.append({"step": step, **evaluate(averaged, held_out, settings)})
            report(f"step {step}: held-out {history[-1]}")
    return averaged, history


def segmentation_loss(
    logits: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    """Weighted binary cross entropy plus soft Dice, ``1 - (2 p.t + 1) / (p + t + 1)``, over pixels of any weight."""
    cross_entropy = nn.functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    known = (weight > 0).to(logits.dtype)
    p, t = torch.sigmoid(logits) * known, truth * known
    dice = 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1)
    return (cross_entropy * weight).sum() / weight.sum().clamp(min=1) + dice


def pixel_weights(truth: NDArray[np.bool_], known: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """What each pixel of ``(n, h, w)`` masks counts for.

    What is not known counts nothing. Glass is not: a run leaves it out by the tissue mask, so white pixels may be taken
    for lumen. An object of
    2,000 px and more counts 1 per pixel, smaller ones up to 4, by the square root of the missing area.
    """
    weights = known.astype(np.uint8)
    for mask, weight in zip(truth, weights, strict=True):
        numbered, _ = ndimage.label(mask)
        areas = np.bincount(numbered.ravel())
        scale = np.clip(np.round(np.sqrt(2000 / np.maximum(areas, 1))), 1, 4).astype(np.uint8)
        scale[0] = 1
        weight *= scale[numbered]
    return weights


@torch.no_grad()
def _average(averaged: nn.Module, module: nn.Module, decay: float) -> None:
    for old, new in zip(averaged.state_dict().values(), module.state_dict().values(), strict=True):
        if old.is_floating_point():
            old.lerp_(new, 1 - decay)
        else:
            old.copy_(new)


@torch.no_grad()
def evaluate(module: nn.Module, bank: PatchSet, settings: StarterSettings) -> dict[str, float]:
    """Pixel IoU and Dice of the thresholded map over all patches of ``bank`` together."""
    module.eval()
    both = either = said = true = 0
    truth = bank.truth(settings.target)
    for at in range(0, len(truth), 8):
        x = torch.from_numpy(bank.pixels[at : at + 8]).permute(0, 3, 1, 2).float() / 255
        p = torch.sigmoid(module((x - 0.5) / 0.5))[:, 0].numpy() >= settings.threshold
        p &= bank.known[at : at + 8]
        t = truth[at : at + 8] & bank.known[at : at + 8]
        both += int((p & t).sum())
        either += int((p | t).sum())
        said += int(p.sum())
        true += int(t.sum())
    return {
        "iou": round(both / max(1, either), 4),
        "dice": round(2 * both / max(1, said + true), 4),
    }


def _draft(settings: StarterSettings) -> NetworkCard:
    return NetworkCard(
        name=settings.name,
        version=settings.version,
        title=settings.title,
        architecture=settings.architecture,
        classes=(settings.target,),
        mpp=settings.mpp,
        halo_px=settings.halo_px,
        normalisation=Normalisation(),
        threshold=settings.threshold,
        licence=settings.licence,
        training={
            "data": "painted slides only (family train); no real slide was used beyond the encoder's ImageNet start",
            "encoder_origin": settings.encoder_origin,
            "encoder_sha256": settings.encoder_sha256,
            "painted": {"generator": GENERATOR_VERSION, **asdict(settings.data)},
            "schedule": asdict(settings.schedule),
        },
        metrics={},
        limits=settings.limits,
        weights_sha256="",
        synthetic=True,
    )


def _domain(network: Network, train: PatchSet, held_out: PatchSet) -> Domain:
    """The statistics that tell foreign tissue apart."""
    known = tissue_features(network, train.pixels)
    unseen = tissue_features(network, held_out.pixels)
    if len(known) < 2 or not len(unseen):
        raise UsageError(
            f"of {len(train.pixels)} and {len(held_out.pixels)} painted patches {len(known)} and {len(unseen)} are mostly "
            "tissue: paint more patches per slide."
        )
    return fit_domain(known, unseen, train.pixels.shape[1])


def tissue_features(network: Network, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Encoder features of those patches that are mostly tissue: ``(m, channels)``."""
    tissue = (pixels.min(axis=3) < 215).mean(axis=(1, 2)) > 0.7
    chosen = pixels[tissue]
    parts = [network.features(chosen[at : at + 8]) for at in range(0, len(chosen), 8)]
    return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)
