"""EVS-Net (Feng et al., AAAI 2021): vessels from few labelled patches, by two critics that compete for the edge.

The parts of the method as pure functions and modules; what is common to other adversarial methods lies in
``pathoflow.training.organs``.
"""

from pathoflow.evsnet.consistency import (
    edge_consistency,
    edge_self_supervision,
    released_edge_consistency,
    released_self_supervision,
)
from pathoflow.evsnet.losses import (
    competing_loss,
    critic_loss,
    released_competing_loss,
    released_critic_loss,
    released_supervised_loss,
)
from pathoflow.evsnet.purity import BackgroundPurityCritic, ForegroundPurityCritic, PurityCritic
from pathoflow.evsnet.samples import (
    Labelled,
    Predicted,
    SampleSettings,
    Shown,
    released_shown_to,
    shown_to,
)
from pathoflow.evsnet.teacher import averaged_over_views, teacher_maps
from pathoflow.evsnet.triplet import background_view, foreground_view, released_triplet, triplet

__all__ = [
    "BackgroundPurityCritic",
    "ForegroundPurityCritic",
    "Labelled",
    "Predicted",
    "PurityCritic",
    "SampleSettings",
    "Shown",
    "averaged_over_views",
    "background_view",
    "competing_loss",
    "critic_loss",
    "edge_consistency",
    "edge_self_supervision",
    "foreground_view",
    "released_competing_loss",
    "released_critic_loss",
    "released_edge_consistency",
    "released_self_supervision",
    "released_shown_to",
    "released_supervised_loss",
    "released_triplet",
    "shown_to",
    "teacher_maps",
    "triplet",
]
