r"""Painted H&E liver slides whose truth is known exactly, because the objects came first.

    recipe (spec) -> plan (outlines, vessels, cells) -> pixels (paint)
                                   \-> outlines and labels (truth)

A recipe is a small TOML file. It can be read as a virtual slide (`open_phantom`) or written as a
pyramidal TIFF with its truth beside it (`make_phantom`). Any box of any slide is painted by itself
and fits its neighbours. What is measured on painted slides proves plumbing and ranks methods; it is
never a clinical figure.
"""

from pathoflow.phantom.file.levels import plan_levels
from pathoflow.phantom.file.reader import PhantomReader, open_phantom
from pathoflow.phantom.file.write import make_phantom, write_slide
from pathoflow.phantom.painter.slide import paint, training_patch
from pathoflow.phantom.plan.slide import GENERATOR_VERSION, Plan, plan_slide
from pathoflow.phantom.recipe.spec import ContentMix, PhantomSpec, load_spec
from pathoflow.phantom.truth.files import write_truth
from pathoflow.phantom.truth.outlines import Truth

__all__ = [
    "GENERATOR_VERSION",
    "ContentMix",
    "PhantomReader",
    "PhantomSpec",
    "Plan",
    "Truth",
    "load_spec",
    "make_phantom",
    "open_phantom",
    "paint",
    "plan_levels",
    "plan_slide",
    "training_patch",
    "write_slide",
    "write_truth",
]
