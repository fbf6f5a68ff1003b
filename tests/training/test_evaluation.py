from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from pathoflow.data import PatchSet
from pathoflow.networks.card import Normalisation
from pathoflow.training.evaluation import predictor, score, score_masks

Patches = Callable[..., PatchSet]


class LeftHalf(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.bias = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        answer = torch.full((len(x), 1, *x.shape[2:]), -9.0)
        answer[..., :20] = 9.0
        return answer + self.bias


def test_pixels_of_all_patches_are_counted_together(patches: Patches) -> None:
    own = patches(20)
    predict = predictor(LeftHalf(), Normalisation())
    # Of 64 x 20 pixels said and 20 x 20 true, 20 x 10 are both.
    found = score(predict, own, 0.5)
    assert found.iou == pytest.approx(200 / (1280 + 400 - 200))
    assert found.area_ratio == pytest.approx(1280 / 400)
    # What is not known does not count.
    known = own.known.copy()
    known[:, :20] = False
    found = score(predict, replace(own, known=known), 0.5)
    assert found.iou == pytest.approx(200 / (44 * 20 + 400 - 200))


def test_outlines_two_pixels_apart_are_still_found_and_three_are_not() -> None:
    true = np.zeros((1, 40, 40), bool)
    true[0, 10:30, 10:30] = True
    known = np.ones_like(true)
    for shift, least, most in ((2, 1.0, 1.0), (5, 0.0, 0.9)):
        said = np.zeros_like(true)
        said[0, 10:30, 10 + shift : 30 + shift] = True
        assert least <= score_masks(said, true, known).boundary_f1 <= most


def test_empty_truth_has_no_area_ratio_and_an_empty_answer_to_it_is_right() -> None:
    nothing = np.zeros((2, 8, 8), bool)
    found = score_masks(nothing, nothing, ~nothing)
    assert found.iou == 1.0
    assert np.isnan(found.area_ratio)


def test_the_network_sees_normalised_colours() -> None:
    class Mean(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gain = torch.nn.Parameter(torch.ones(1))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.sum(1, keepdim=True) * self.gain

    predict = predictor(Mean(), Normalisation((0.1, 0.2, 0.3), (0.5, 1.0, 2.0)))
    rgb = torch.tensor([0.6, 0.7, 0.3])[None, :, None, None]
    logit = (0.6 - 0.1) / 0.5 + (0.7 - 0.2) / 1.0 + 0
    assert float(predict(rgb)) == pytest.approx(1 / (1 + np.exp(-logit)), rel=1e-5)
