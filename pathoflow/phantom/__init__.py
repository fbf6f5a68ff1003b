r"""Painted H&E liver slides whose truth is known exactly, because the objects came first.

    recipe (spec) -> plan (outlines, vessels, cells) -> pixels (paint)
                                   \-> outlines and labels (truth)

A recipe is a small TOML file. It can be read as a virtual slide (`open_phantom`) or written as a
pyramidal TIFF with its truth beside it (`make_phantom`); a cohort is the recipe of whole cases
(`make_cohort`). Any box of any slide is painted by itself and fits its neighbours. What is measured on painted slides proves plumbing and ranks methods; it is
never a clinical figure.
"""

from pathoflow.phantom.file.cohort import TrueCase, TrueVein, make_cohort
from pathoflow.phantom.file.levels import plan_levels
from pathoflow.phantom.file.reader import PhantomReader, open_phantom
from pathoflow.phantom.file.sheet import SheetRow, make_sheet
from pathoflow.phantom.file.write import make_phantom, write_slide
from pathoflow.phantom.painter.slide import paint, training_patch
from pathoflow.phantom.plan.slide import GENERATOR_VERSION, Plan, plan_slide
from pathoflow.phantom.recipe.cohort import Block, Cohort, is_cohort, parse_cohort
from pathoflow.phantom.recipe.spec import Artefacts, ContentMix, FileLayout, PhantomSpec
from pathoflow.phantom.recipe.spec_file import is_recipe, load_spec, load_table, parse_spec
from pathoflow.phantom.shapes.cells import CellKind
from pathoflow.phantom.truth.files import write_truth
from pathoflow.phantom.truth.nuclei import TrueNuclei, nuclei_in
from pathoflow.phantom.truth.outlines import CONTENT_VALUES, QUALITY_VALUES, Truth
from pathoflow.phantom.truth.tissues import duct_mask, lumen_mask, necrosis_mask, stroma_mask

__all__ = [
    "CONTENT_VALUES",
    "GENERATOR_VERSION",
    "QUALITY_VALUES",
    "Artefacts",
    "Block",
    "CellKind",
    "Cohort",
    "ContentMix",
    "FileLayout",
    "PhantomReader",
    "PhantomSpec",
    "Plan",
    "SheetRow",
    "TrueCase",
    "TrueNuclei",
    "TrueVein",
    "Truth",
    "duct_mask",
    "is_cohort",
    "is_recipe",
    "load_spec",
    "load_table",
    "lumen_mask",
    "make_cohort",
    "make_phantom",
    "make_sheet",
    "necrosis_mask",
    "nuclei_in",
    "open_phantom",
    "paint",
    "parse_cohort",
    "parse_spec",
    "plan_levels",
    "plan_slide",
    "stroma_mask",
    "training_patch",
    "write_slide",
    "write_truth",
]
