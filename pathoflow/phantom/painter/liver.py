"""Paint liver: granular hepatocytes side by side in plates, pale sinusoids between, fat in patches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.painter.mosaic import Mosaic, mosaic_of
from pathoflow.phantom.painter.scar import paint_scar
from pathoflow.phantom.painter.stamps import press_bodies, press_cells
from pathoflow.phantom.plan.parenchyma import (
    MARGIN_UM,
    Hepatocytes,
    fat_patch,
    hepatocytes_in,
    nuclei_of,
    sinusoid_cells,
    sinusoid_red_cells,
)
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.shapes.cells import (
    FAT_DROPS,
    STRAY_LYMPHOCYTES,
    Cells,
    Extent,
    Lattice,
    cells_in,
)
from pathoflow.phantom.shapes.noise import slow_noise_at, unit_interval

#: Nuclei whose centres lie this far outside a canvas may still reach into it.
REACH_UM = 9.0


def lattice_cells(
    plan: Plan, canvas: Canvas, lattice: Lattice, reach_um: float = REACH_UM
) -> Cells:
    """All cells of one of the slide's own lattices that can touch the canvas."""
    return cells_in(lattice, canvas.extent.grow(reach_um), plan.seed(f"cells {lattice.kind.name}"))


def liver_tissue(plan: Plan, canvas: Canvas) -> tuple[Field, Field, Field]:
    """H, E and red pigment of cytoplasm and sinusoids on the whole canvas, without nuclei."""
    hepatocytes = hepatocytes_in(plan, canvas.extent.grow(MARGIN_UM))
    mosaic = mosaic_of(canvas, hepatocytes, cell_tones(plan, hepatocytes))
    h, e = _cytoplasm(plan, canvas, mosaic)
    return h, e, np.zeros_like(h)


def cell_tones(plan: Plan, hepatocytes: Hepatocytes) -> NDArray[np.float32]:
    """How strongly each cell takes eosin, about 0 on average: it drifts by zones and by cell."""
    cells = hepatocytes.cells
    zone = slow_noise_at(cells.y_um, cells.x_um, 520.0, plan.seed("zone"))
    own = unit_interval(cells.bits, 17) - np.float32(0.5)
    return np.asarray(0.13 * zone + 0.22 * own, np.float32)


def _cytoplasm(plan: Plan, canvas: Canvas, mosaic: Mosaic) -> tuple[Field, Field]:
    look, y, x = plan.look, canvas.y_um, canvas.x_um
    grain = look.texture(y, x, max(1.1, canvas.mpp), plan.seed("grain"))
    cloud = look.texture(y, x, 3.8, plan.seed("cloud"))
    # A sinusoid gapes here and is shut there; its wall is ragged.
    gape = canvas.slow_noise(40.0, plan.seed("gape"))
    gape *= np.float32(3.6)
    gape += np.float32(2.5)
    gape += cloud * np.float32(2.4)
    gape -= np.abs(mosaic.to_sinusoid_um)
    gape *= np.float32(0.6)
    gap = np.clip(gape, 0, np.float32(0.92))
    # Cytoplasm is granular, with pale flecks; membranes are thin darker lines.
    line = np.clip(np.float32(1) - mosaic.to_border_um * np.float32(0.42), 0, 1)
    grain *= np.float32(0.42)
    cloud *= np.float32(0.20)
    grain += cloud
    e = np.float32(0.24) * (1 + grain + mosaic.tone + line * np.float32(0.45))
    grain *= np.float32(1.5)
    h = np.float32(0.092) * (1 + grain - mosaic.tone + line * np.float32(0.45))
    e -= gap * (e - np.float32(0.035))
    h -= gap * (h - np.float32(0.012))
    return h, e


def paint_liver(plan: Plan, canvas: Canvas) -> None:
    """Fill the canvas with liver, nuclei and fat included."""
    extent = canvas.extent
    hepatocytes = hepatocytes_in(plan, extent.grow(MARGIN_UM))
    mosaic = mosaic_of(canvas, hepatocytes, cell_tones(plan, hepatocytes))
    canvas.h[:], canvas.e[:] = _cytoplasm(plan, canvas, mosaic)
    press_cells(canvas, sinusoid_red_cells(plan, hepatocytes, extent.grow(6)))
    press_cells(canvas, sinusoid_cells(plan, hepatocytes, extent.grow(12)))
    fatty = plan.look.fat > 0
    if fatty:
        press_bodies(canvas, _small_drops(plan, canvas))
    press_cells(canvas, nuclei_of(hepatocytes.within(extent.grow(48))))
    if fatty:
        # Drops come after nuclei: a nucleus pushed aside is seen as a crescent on the drop's rim.
        _paint_drops(canvas, mosaic, hepatocytes)
    press_cells(canvas, lattice_cells(plan, canvas, STRAY_LYMPHOCYTES))
    paint_scar(plan, canvas)


def _paint_drops(canvas: Canvas, mosaic: Mosaic, hepatocytes: Hepatocytes) -> None:
    """Large drops of fat: round, but flat where they press on the next cell's rim."""
    cells, drop = hepatocytes.cells, hepatocytes.drop_um
    for k in np.flatnonzero(drop > 0).tolist():
        y, x, radius = float(cells.y_um[k]), float(cells.x_um[k]), float(drop[k])
        part = canvas.window(Extent(y - radius, x - radius, y + radius, x + radius))
        if part is None:
            continue
        rows, cols = part.box.within(canvas.box).slices
        dy, dx = (part.y_um - y).astype(np.float32), (part.x_um - x).astype(np.float32)
        inside = np.float32(radius) - np.sqrt((dy * dy)[:, None] + dx * dx)
        rim = mosaic.to_border_um[rows, cols] * np.float32(0.5) - np.float32(0.8)
        np.minimum(inside, rim, out=inside)
        inside *= np.float32(1 / canvas.mpp)
        inside += np.float32(0.5)
        np.clip(inside, 0, 1, out=inside)
        inside *= _ground(mosaic, part, k)
        part.mix(inside, 0.005, 0.012)


def _ground(mosaic: Mosaic, part: Canvas, cell: int) -> NDArray[np.bool_]:
    """The pixels of ``part`` that lie on the ground of one cell."""
    rows = np.arange(part.box.top, part.box.bottom) // mosaic.step - mosaic.corner[0]
    cols = np.arange(part.box.left, part.box.right) // mosaic.step - mosaic.corner[1]
    own: NDArray[np.bool_] = (mosaic.owner[rows[0] : rows[-1] + 1] == cell)[
        np.ix_(rows - rows[0], cols)
    ]
    return own


def _small_drops(plan: Plan, canvas: Canvas) -> Cells:
    """Small drops where the liver is fatty, among the large ones."""

    def fatty(
        y: NDArray[np.float64], x: NDArray[np.float64], bits: NDArray[np.uint32]
    ) -> NDArray[np.bool_]:
        return np.asarray(unit_interval(bits, 18) < 0.5 * fat_patch(plan, y, x))

    return cells_in(FAT_DROPS, canvas.extent.grow(5), plan.seed("cells FAT"), fatty)
