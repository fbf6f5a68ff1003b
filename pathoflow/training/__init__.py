"""Learn a network from patches: loops that can be read, stopped and repeated bit by bit.

    config -> data -> feed (drawn, moved, stained) -> a method's step -> loop (averages, scores, checkpoints) -> network folder

A method is a `Step` with its players and losses; it is found by name (`find_method`). The loop knows nothing of losses.
"""

from pathoflow.training.augment import Augmentation
from pathoflow.training.evaluation import Scores, score
from pathoflow.training.feed import Batch, Feed
from pathoflow.training.from_config import (
    Inputs,
    Places,
    Trained,
    evaluate_network,
    train,
    train_network,
)
from pathoflow.training.loop import Fitted, Judge, Progress, Run, fit
from pathoflow.training.methods import Setup, find_method, method_names
from pathoflow.training.optimiser import Optimisation
from pathoflow.training.schedule import Schedule
from pathoflow.training.settings import Start, TrainSettings, load_settings
from pathoflow.training.step import NETWORK, Player, Step, Turn
from pathoflow.training.supervised import Supervised

__all__ = [
    "NETWORK",
    "Augmentation",
    "Batch",
    "Feed",
    "Fitted",
    "Inputs",
    "Judge",
    "Optimisation",
    "Places",
    "Player",
    "Progress",
    "Run",
    "Schedule",
    "Scores",
    "Setup",
    "Start",
    "Step",
    "Supervised",
    "TrainSettings",
    "Trained",
    "Turn",
    "evaluate_network",
    "find_method",
    "fit",
    "load_settings",
    "method_names",
    "score",
    "train",
    "train_network",
]
