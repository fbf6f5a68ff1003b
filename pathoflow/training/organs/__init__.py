"""Parts that trainings are built of: pure functions and modules, without loops, files or hidden randomness."""

from pathoflow.training.organs.critic import (
    LOCAL_CRITIC,
    RELEASED_CRITIC,
    SMALL_CRITIC,
    Critic,
    CriticShape,
)
from pathoflow.training.organs.cutmix import cut_and_mix
from pathoflow.training.organs.losses import (
    adversarial_loss,
    band_consistency,
    class_dice,
    confident_cross_entropy,
    hinge_critic_loss,
    hinge_fake,
    hinge_true,
    released_dice,
    segmentation_loss,
    soft_dice,
    wasserstein_critic_loss,
    weighted_cross_entropy,
    wide,
)
from pathoflow.training.organs.morphology import box_blur, dilated, edge_band, eroded
from pathoflow.training.organs.paste import LabelledPatches, paste_foregrounds
from pathoflow.training.organs.penalty import gradient_penalty
from pathoflow.training.organs.symmetry import (
    composed,
    inverse,
    random_turns,
    turn,
    turn_back,
    turn_each,
    turn_each_back,
)

__all__ = [
    "LOCAL_CRITIC",
    "RELEASED_CRITIC",
    "SMALL_CRITIC",
    "Critic",
    "CriticShape",
    "LabelledPatches",
    "adversarial_loss",
    "band_consistency",
    "box_blur",
    "class_dice",
    "composed",
    "confident_cross_entropy",
    "cut_and_mix",
    "dilated",
    "edge_band",
    "eroded",
    "gradient_penalty",
    "hinge_critic_loss",
    "hinge_fake",
    "hinge_true",
    "inverse",
    "paste_foregrounds",
    "random_turns",
    "released_dice",
    "segmentation_loss",
    "soft_dice",
    "turn",
    "turn_back",
    "turn_each",
    "turn_each_back",
    "wasserstein_critic_loss",
    "weighted_cross_entropy",
    "wide",
]
