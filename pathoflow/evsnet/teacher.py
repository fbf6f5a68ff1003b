"""A frozen teacher: what a network makes of unlabelled pictures on the average of several views, once for all."""

from __future__ import annotations

from collections.abc import Callable

import torch

from pathoflow.training.organs import turn, turn_back

#: Takes pictures ``(n, 3, s, s)`` of 0 to 1 and answers probabilities ``(n, k, s, s)``.
Predict = Callable[[torch.Tensor], torch.Tensor]

#: Four turns, and the two mirrorings left-right and top-bottom.
VIEWS = (0, 1, 2, 3, 4, 6)


def averaged_over_views(predict: Predict) -> Predict:
    """``mean_k R_k^-1 predict(R_k x)`` over :data:`VIEWS`."""

    def averaged(x: torch.Tensor) -> torch.Tensor:
        return torch.stack([turn_back(predict(turn(x, k)), k) for k in VIEWS]).mean(0)

    return averaged


@torch.no_grad()
def teacher_maps(predict: Predict, pictures: torch.Tensor, at_once: int = 16) -> torch.Tensor:
    """Averaged maps ``(n, k, s, s)`` of pictures ``(n, 3, s, s)`` in bytes, without gradients.

    Every picture is seen in each view once, ``at_once`` pictures at a time. A network behind ``predict`` should be in
    evaluation mode.
    """
    see = averaged_over_views(predict)
    return torch.cat([see(part.float() / 255) for part in pictures.split(at_once)])
