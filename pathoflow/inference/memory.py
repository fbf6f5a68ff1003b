"""How large tiles and blocks may be for a run to stay within the memory that it is given."""

from __future__ import annotations

from dataclasses import replace

from pathoflow.errors import UsageError
from pathoflow.inference.settings import InferenceSettings

#: What a run takes before the first pixel: Python, torch, OpenVINO, two small networks, tables and plots of the report.
#: A constant and not what this process happens to hold, so that the same limit always means the same tiles.
_BASE_GB = 0.75
#: Bytes per pixel of a block while its vessels are labelled: two planes of four bytes, masks, and copies of rows.
_LABELLING_BYTES = 22
#: Tiles and blocks to choose from, large to small; smaller ones than these are mostly halo.
_TILES, _BLOCKS = (1024, 512, 256), (4096, 2048, 1024)


def within_memory_of(
    max_gb: float, settings: InferenceSettings, halo_px: int, bytes_per_pixel: float
) -> InferenceSettings:
    """``settings`` with tiles and blocks no larger than fit into ``max_gb``; unchanged where they fit.

    Parameters
    ----------
    max_gb
        Peak memory of the process, 10^9 bytes.
    settings
        What would be used with memory to spare.
    halo_px
        The widest halo of the networks.
    bytes_per_pixel
        What the most demanding network takes per pixel that it is shown.

    Raises
    ------
    UsageError
        Even the smallest tiles do not fit; the sentence names what would.
    """
    candidates = [settings] + [
        replace(settings, tile_px=tile, block_px=block)
        for block in _BLOCKS
        for tile in _TILES
        if tile <= settings.tile_px and block <= settings.block_px and not block % tile
    ]
    needed = [_gigabytes(one, halo_px, bytes_per_pixel) for one in candidates]
    fitting = [one for one, need in zip(candidates, needed, strict=True) if need <= max_gb]
    if fitting:
        return fitting[0]
    raise UsageError(
        f"max-ram {max_gb:g} GB is too little for these networks; give at least {min(needed) + 0.05:.1f} GB."
    )


def _gigabytes(settings: InferenceSettings, halo_px: int, bytes_per_pixel: float) -> float:
    """Peak of a run: the network's or the labelling's, whichever is larger, above what is always there."""
    shown_px: int = (settings.tile_px + 2 * halo_px) ** 2
    batch = settings.batch_on("cpu")
    # Waiting tiles, and two blocks: one that fills up and one that is written.
    waiting = 3 * shown_px * batch * (settings.read_ahead + settings.read_threads)
    blocks = 6 * settings.block_px**2
    network = bytes_per_pixel * shown_px * batch + waiting + blocks
    labelling = _LABELLING_BYTES * settings.block_px**2
    return _BASE_GB + max(network, labelling) / 1e9
