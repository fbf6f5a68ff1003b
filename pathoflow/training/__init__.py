"""Learn a network. For now: starter networks from painted slides, by one committed config each."""

from pathoflow.training.settings import StarterSettings, load_settings
from pathoflow.training.starter import Places, train_starter

__all__ = ["Places", "StarterSettings", "load_settings", "train_starter"]
