"""``pathoflow demo``: the newcomer's first command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the painted slide and its results.")] = Path(
        "pathoflow-demo"
    ),
) -> None:
    """Paint a slide, analyse it, compare with the truth, write the report; the last line is the report's path."""
    from pathoflow.cli.place import check_place
    from pathoflow.cli.show import shown_share, shown_steps
    from pathoflow.phantom import PhantomSpec, make_phantom
    from pathoflow.pipeline import run_slide, score_slide

    check_place(out)
    # A seed and a family that no training has seen.
    spec = PhantomSpec(seed=4, size_px=(9000, 9000), mpp=0.5, family="test", mvi_vessels=4)
    slide, truth = out / "painted-liver.tiff", out / "painted-liver.truth"
    if not (slide.exists() and truth.exists()):
        out.mkdir(parents=True, exist_ok=True)
        with shown_share(slide.name) as on_share:
            make_phantom(spec, slide, on_share)
    with shown_steps() as on_step:
        result = run_slide(slide, out, on_step=on_step)
    folder = out / result.slide_id
    figures = score_slide(folder, truth).as_json()
    print("A painted slide: every figure is synthetic and says nothing about real tissue.")
    print(f"  vessels: {figures['vessels_found']} found, {figures['vessels_true']} painted")
    print(
        f"  F1 at IoU 0.5: {figures['vessel_f1_at_iou_0.5']}, tumour IoU: {figures['tumour_pixel_iou']}"
    )
    print(f"  invaded vessels: {figures['mvi_true']} painted, sensitivity {figures['mvi_sensitivity']}, "
          f"{figures['mvi_false_positives']} false")  # fmt: skip
    proposal = result.propose("NHC")
    print(f"  proposal (NHC, not reviewed): {proposal.grade}")
    print((folder / "report.html").resolve())
