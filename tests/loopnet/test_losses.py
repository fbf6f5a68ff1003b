from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch.nn import functional

from pathoflow.loopnet.losses import (
    areas,
    classification_loss,
    count_lengths,
    fixed,
    gradient_length,
    harmony,
    locating_loss,
    loop_loss,
    pseudo_labels,
    remembered,
)
from pathoflow.loopnet.model import LoopNet

Tiny = Callable[..., LoopNet]


def logits_of(p_true: list[float], truth: list[int]) -> torch.Tensor:
    """Logits whose softmax gives the true class those probabilities."""
    rows = [[math.log(1 - p), math.log(p)] for p in p_true]
    return torch.tensor([row if t else row[::-1] for row, t in zip(rows, truth, strict=True)])


def test_the_gradients_length_is_how_far_the_true_class_is_from_certain() -> None:
    truth = torch.tensor([1, 0])
    logits = logits_of([0.9, 0.3], [1, 0]).requires_grad_()
    lengths = gradient_length(logits, truth)
    assert lengths.tolist() == pytest.approx([0.1, 0.7])
    # It is the gradient of the cross entropy by the true class's logit.
    functional.cross_entropy(logits, truth, reduction="sum").backward()
    assert logits.grad is not None
    assert (-logits.grad[[0, 1], truth]).tolist() == pytest.approx([0.1, 0.7])


def test_crowded_lengths_weigh_less() -> None:
    lengths = torch.tensor([0.05, 0.02, 0.95])
    counts = count_lengths(lengths, 10)
    assert counts.tolist() == [2, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    # N / (R M): 3 / (2 x 2) twice, 3 / (1 x 2) once.
    assert harmony(lengths, counts).tolist() == pytest.approx([0.75, 0.75, 1.5])
    assert count_lengths(torch.tensor([0.0, 1.0]), 4).tolist() == [1, 0, 0, 1]


def test_the_harmonised_loss_written_out() -> None:
    truth = torch.tensor([1, 1, 0])
    logits = logits_of([0.95, 0.98, 0.05], [1, 1, 0])
    counts = count_lengths(gradient_length(logits, truth), 10)
    expected = -(0.75 * math.log(0.95) + 0.75 * math.log(0.98) + 1.5 * math.log(0.05)) / 3
    assert classification_loss(logits, truth, counts).item() == pytest.approx(expected, rel=1e-5)


def test_with_all_lengths_in_one_bin_it_is_plain_cross_entropy() -> None:
    logits, truth = (
        torch.randn(6, 2, generator=torch.Generator().manual_seed(1)),
        torch.arange(6) % 2,
    )
    counts = count_lengths(gradient_length(logits, truth), 1)
    plain = functional.cross_entropy(logits, truth)
    assert torch.allclose(classification_loss(logits, truth, counts), plain)


def test_counts_are_remembered_with_momentum_from_the_first_batch_on() -> None:
    first = remembered(torch.zeros(2), torch.tensor([4.0, 0.0]), 0.75)
    assert first.tolist() == [4, 0]
    assert remembered(first, torch.tensor([0.0, 8.0]), 0.75).tolist() == [3, 2]


def test_a_vessels_label_says_of_places_only_what_is_sure() -> None:
    filled = torch.tensor([[[True, False]], [[True, False]]])
    assert pseudo_labels(filled, torch.tensor([0, 1])).tolist() == [[[1, 0]], [[-1, 0]]]


def test_places_that_nobody_knows_cost_nothing() -> None:
    logits = torch.log(torch.tensor([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.1, 0.1, 0.8]]))
    logits = logits.T.reshape(1, 3, 1, 3)
    labels = torch.tensor([[[0, 1, -1]]])
    expected = -(math.log(0.7) + math.log(0.6)) / 2
    assert locating_loss(logits, labels).item() == pytest.approx(expected, rel=1e-6)
    assert locating_loss(logits, torch.full_like(labels, -1)).item() == 0


def test_areas_are_the_share_of_each_place_over_all_its_pixels() -> None:
    shares = torch.tensor([[0.5, 0.2, 0.3], [0.1, 0.1, 0.8]])
    positive, negative = areas(torch.log(shares).T.reshape(1, 3, 1, 2), 4)
    assert positive.shape == (1, 1, 4, 8)
    assert torch.allclose(positive[..., :4], torch.tensor(0.3))
    assert torch.allclose(positive[..., 4:], torch.tensor(0.8))
    assert torch.allclose(positive + negative, torch.ones(1))


def vessels(n: int = 2) -> torch.Tensor:
    return torch.rand(n, 3, 24, 24, generator=torch.Generator().manual_seed(5)) * 4


def test_the_loop_asks_again_about_cancer_cells_and_about_the_rest(tiny: Tiny) -> None:
    model, x = tiny().eval(), vessels()
    with torch.no_grad():
        features = model.features(x)
        share = model.locate(features).softmax(1)[:, 2]
        share = share.repeat_interleave(8, 1).repeat_interleave(8, 2)[:, None]
        total = 0.0
        for shown, wanted in ((x * share, 1), (x * (1 - share), 0)):
            verdict = model.classify(shown, model.features(shown)).log_softmax(1)
            total -= verdict[:, wanted].mean().item()
    assert loop_loss(model, x, features).item() == pytest.approx(total, rel=1e-5)


def test_only_the_locator_learns_from_the_loop(tiny: Tiny) -> None:
    model, x = tiny().train(), vessels()
    features = model.features(x)
    kept = {name: value.clone() for name, value in model.named_buffers()}
    loop_loss(model, x, features).backward()
    learned = {name.split(".")[0] for name, p in model.named_parameters() if p.grad is not None}
    assert learned == {"locator"}
    reached = [p.grad for p in model.locator.parameters()]
    assert any(grad is not None and grad.abs().sum() > 0 for grad in reached)
    assert all(torch.equal(value, kept[name]) for name, value in model.named_buffers())
    assert all(p.requires_grad for p in model.parameters())
    assert all(module.training for module in model.modules())


def test_the_other_terms_reach_the_encoder_in_the_same_backward_pass(tiny: Tiny) -> None:
    model, x = tiny().train(), vessels()
    features = model.features(x)
    verdict = model.classify(x, features)
    (verdict.sum() + loop_loss(model, x, features)).backward()
    grads = [p.grad for p in model.encoder.parameters()]
    assert all(grad is not None for grad in grads)


def test_without_an_invaded_vessel_the_loop_is_nothing(tiny: Tiny) -> None:
    model, x = tiny(), vessels()[:0]
    features = torch.zeros(0, 8, 3, 3, requires_grad=True)
    loss = loop_loss(model, x, features)
    assert loss.item() == 0
    loss.backward()


def test_modules_are_given_back_as_they_were_even_after_an_error(tiny: Tiny) -> None:
    model = tiny().train()
    model.classifier.bias.requires_grad_(False)
    with fixed(model.encoder, model.classifier):
        assert not any(p.requires_grad for p in model.encoder.parameters())
        assert not model.encoder.training
    with pytest.raises(ZeroDivisionError), fixed(model.encoder):
        raise ZeroDivisionError
    assert all(p.requires_grad for p in model.encoder.parameters())
    assert not model.classifier.bias.requires_grad
    assert model.encoder.training
