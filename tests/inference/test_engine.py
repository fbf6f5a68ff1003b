from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pathoflow.inference import InferenceSettings, Target
from pathoflow.space import Box, Size

# The plain classes beside the fixtures: see conftest.py.
conftest = pytest.importorskip("tests.inference.conftest", exc_type=ImportError)
