r"""LoopNet (Zhang et al., CVPR 2023): is a vessel invaded, and which of its cells say so, each question helping the other.

*A Loopback Network for Explainable Microvascular Invasion Classification*, S. Zhang, T. Shi, Y. Jiang, X. Zhang, J. Lei,
Z. Feng, M. Song. Labels are needed of whole vessels only; that single cells are cancer is learned from them.

    outline, nuclei -> grid of cells -> encoder ─> classifier: healthy or MVI ──┐
                                           │                                   │ asked again about the cells
                                           └────> locator: class per place ────┘ that were called cancer, and the rest

Symbols
    x            a vessel: a grid of g x g places, one cell each, blanks white; tissue outside the lumen is removed
    y            healthy or MVI
    F(x), c(x)   features, one per place; logits of the vessel
    q(x)         share of background, normal and cancer cell per place: three graph convolutions over F(x), each place
                 touching its eight neighbours
    up           every pixel of a place gets the place's share

Equations (`losses`)
    L_cls  = sum_i CE(c(x_i), y_i) / GD(g_i)    gradient harmonised (GHM-C, Li et al., AAAI 2019): examples of which there
                                                are many, easy ones and mislabelled ones, weigh less
    L_loc  = CE(q(x), places)                   blanks are background, cells of healthy vessels normal, others unknown
    L_loop = CE(c(x up(q_cancer)), MVI) + CE(c(x up(q_background + q_normal)), healthy)            of MVI vessels
    L      = L_cls + alpha L_loc + beta L_loop  alpha 1, beta 0.5; L_cls alone for the first half of the steps

From the paper: grid, heads, dropout, losses and weights, the two phases, the rate, decay and shape of the learning rate.

Ours, and why
    - Outlines are those of our segmenter instead of EVS-Net's, nuclei those of `pathoflow.cells` instead of matches to
      hand-picked templates; a place holds one nucleus in its middle, so a cell is never cut by a lattice.
    - 12 x 12 places instead of 20 x 20, and a small encoder by name instead of ResNet-50: a step costs a CPU a second
      instead of a minute. Both are settings.
    - Pixels enter as absorbed light: blanks, and what an area takes away, are 0.
    - The vessel's features are the mean over its cells, not over blanks too: three cells weigh as much as a hundred.
    - A graph convolution keeps a weight for the place itself, or a leucocyte among tumour cells is averaged away.
    - AdamW instead of Ranger, and an average of the weights is what is kept.

Our reading, where the text at hand leaves it open
    - "The classifier's parameters get no gradient" of L_loop: neither its head nor the shared encoder does, on either way
      (through the second look, and through the features that the areas come from); batch statistics stand still too.
    - L_loc does reach the encoder.
    - Harmonising divides by the number of bins in use, as the code of GHM does.
    - Areas are upsampled without interpolation: no place borrows its neighbour's.

What comes out is calibrated on vessels set aside (`calibrate`), and weighed with the explainable evidence by a small
monotone model whose terms are sentences (`combine`): is it a vessel, and if so, does it hold carcinoma.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathoflow.loopnet.calibrate import TemperatureCard as TemperatureCard
    from pathoflow.loopnet.calibrate import calibrate as calibrate
    from pathoflow.loopnet.card import VesselCard as VesselCard
    from pathoflow.loopnet.card import load_vessel_card as load_vessel_card
    from pathoflow.loopnet.card import save_vessel_card as save_vessel_card
    from pathoflow.loopnet.combine import Combination as Combination
    from pathoflow.loopnet.combine import Combined as Combined
    from pathoflow.loopnet.combine import KnownVessel as KnownVessel
    from pathoflow.loopnet.combine import Term as Term
    from pathoflow.loopnet.combine import VesselFeatures as VesselFeatures
    from pathoflow.loopnet.combine import fit_combination as fit_combination
    from pathoflow.loopnet.crops import PaintedVessels as PaintedVessels
    from pathoflow.loopnet.crops import painted_vessels as painted_vessels
    from pathoflow.loopnet.examples import VesselExamples as VesselExamples
    from pathoflow.loopnet.grid import CellGrid as CellGrid
    from pathoflow.loopnet.grid import GridSettings as GridSettings
    from pathoflow.loopnet.grid import cell_grid as cell_grid
    from pathoflow.loopnet.grid import join_grids as join_grids
    from pathoflow.loopnet.made_of import ModelSettings as ModelSettings
    from pathoflow.loopnet.model import LoopNet as LoopNet
    from pathoflow.loopnet.model import build_loopnet as build_loopnet
    from pathoflow.loopnet.opinion import Opinion as Opinion
    from pathoflow.loopnet.opinion import VesselClassifier as VesselClassifier
    from pathoflow.loopnet.opinion import VesselView as VesselView
    from pathoflow.loopnet.settings import LoopNetSettings as LoopNetSettings
    from pathoflow.loopnet.settings import load_loopnet_settings as load_loopnet_settings
    from pathoflow.loopnet.train import train_loopnet as train_loopnet

# Weighing evidence needs no network, so nothing that loads torch is imported before it is used.
_HOMES = {
    "CellGrid": "pathoflow.loopnet.grid",
    "Combination": "pathoflow.loopnet.combine",
    "Combined": "pathoflow.loopnet.combine",
    "GridSettings": "pathoflow.loopnet.grid",
    "KnownVessel": "pathoflow.loopnet.combine",
    "LoopNet": "pathoflow.loopnet.model",
    "LoopNetSettings": "pathoflow.loopnet.settings",
    "ModelSettings": "pathoflow.loopnet.made_of",
    "Opinion": "pathoflow.loopnet.opinion",
    "PaintedVessels": "pathoflow.loopnet.crops",
    "TemperatureCard": "pathoflow.loopnet.calibrate",
    "Term": "pathoflow.loopnet.combine",
    "VesselCard": "pathoflow.loopnet.card",
    "VesselClassifier": "pathoflow.loopnet.opinion",
    "VesselExamples": "pathoflow.loopnet.examples",
    "VesselFeatures": "pathoflow.loopnet.combine",
    "VesselView": "pathoflow.loopnet.opinion",
    "build_loopnet": "pathoflow.loopnet.model",
    "calibrate": "pathoflow.loopnet.calibrate",
    "cell_grid": "pathoflow.loopnet.grid",
    "fit_combination": "pathoflow.loopnet.combine",
    "join_grids": "pathoflow.loopnet.grid",
    "load_loopnet_settings": "pathoflow.loopnet.settings",
    "load_vessel_card": "pathoflow.loopnet.card",
    "painted_vessels": "pathoflow.loopnet.crops",
    "save_vessel_card": "pathoflow.loopnet.card",
    "train_loopnet": "pathoflow.loopnet.train",
}

__all__ = [
    "CellGrid",
    "Combination",
    "Combined",
    "GridSettings",
    "KnownVessel",
    "LoopNet",
    "LoopNetSettings",
    "ModelSettings",
    "Opinion",
    "PaintedVessels",
    "TemperatureCard",
    "Term",
    "VesselCard",
    "VesselClassifier",
    "VesselExamples",
    "VesselFeatures",
    "VesselView",
    "build_loopnet",
    "calibrate",
    "cell_grid",
    "fit_combination",
    "join_grids",
    "load_loopnet_settings",
    "load_vessel_card",
    "painted_vessels",
    "save_vessel_card",
    "train_loopnet",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'pathoflow.loopnet' has no attribute {name!r}")
    value: object = getattr(importlib.import_module(_HOMES[name]), name)
    # Kept, so the next use is an ordinary look-up.
    globals()[name] = value
    return value
