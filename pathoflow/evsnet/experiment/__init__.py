"""The experiment with few labels: many ways to learn from the same few outlined patches, on the same test patches.

preset -> tasks (patches) -> units (task, number of labels, seed) -> arms, all from one warm-up -> table and plot
"""

from pathoflow.evsnet.experiment.arms import ARMS, Arm
from pathoflow.evsnet.experiment.outcome import Outcome
from pathoflow.evsnet.experiment.run import run_experiment
from pathoflow.evsnet.experiment.settings import ExperimentSettings, load_preset

__all__ = ["ARMS", "Arm", "ExperimentSettings", "Outcome", "load_preset", "run_experiment"]
