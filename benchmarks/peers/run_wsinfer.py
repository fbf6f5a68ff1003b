"""WSInfer: `run_inference` on patches of the common list.

It classifies patches and knows no maps, so its network is the same one with the mean over the tile as last step, and what
it stores is a table. Its command needs the internet even for a local model, so its functions are called.
"""

from __future__ import annotations

import shutil

import arm
import numpy as np
from wsinfer.modellib.models import LocalModelTorchScript
from wsinfer.modellib.run_inference import run_inference
from wsinfer.patchlib import save_hdf5
from wsinfer_zoo.client import ModelConfiguration, TransformConfigurationItem


def run(asked: arm.Job) -> None:
    """Patches as given, inference, table."""
    results, slides = asked.out / "results", asked.out / "slides"
    for folder in (results / "patches", slides):
        folder.mkdir(parents=True)
    # It takes a folder in which there is nothing but slides.
    (slides / asked.slide.name).symlink_to(asked.slide.resolve())
    save_hdf5(
        results / "patches" / f"{asked.slide.stem}.h5",
        coords=asked.tiles[:, ::-1],
        patch_size=asked.tile_px,
        patch_spacing_um_px=asked.mpp,
    )
    config = ModelConfiguration(
        architecture="none",
        num_classes=2,
        class_names=("other", "found"),
        patch_size_pixels=asked.tile_px,
        spacing_um_px=asked.mpp,
        transform=[TransformConfigurationItem("ToTensor", None)],
    )
    model = LocalModelTorchScript(config, str(asked.network.with_suffix(".tiles.pt")))
    run_inference(slides, results, model, batch_size=arm.BATCH, num_workers=0)


if __name__ == "__main__":
    asked = arm.job()
    with arm.measured(len(asked.tiles)) as figures:
        run(asked)
    table = asked.out / "results" / "model-outputs-csv" / f"{asked.slide.stem}.csv"
    figures["tiles"] = len(np.loadtxt(table, delimiter=",", skiprows=1))
    shutil.copy(table, asked.out / "tiles.csv")
    arm.finish(asked, figures, None)
