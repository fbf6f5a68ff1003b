"""How a network is streamed over a slide; none of it changes what the network is asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InferenceSettings:
    """Sizes and depths; together they bound the memory of a run, whatever the slide's size."""

    #: Side of a tile's core. Larger tiles waste less on halos; 1024 + 2 x 96 takes about 0.6 GB on a CPU.
    tile_px: int = 1024
    #: Side of a block, which is also one file of the result (shard) and the unit of resuming.
    block_px: int = 4096
    #: Tiles per call of the network; None is one on a CPU, where more do not pay, and eight on a GPU.
    batch: int | None = None
    #: Threads that read and decode.
    read_threads: int = 2
    #: Tiles read and waiting for the network.
    read_ahead: int = 4
    #: Share of the tissue that may be unreadable before the slide is not to be trusted.
    unreadable_limit: float = 0.001
    #: Unreadable tissue this near to the tumour's border fails the slide, µm: four of five invaded veins lie within a centimetre
    #: of it, most of them much nearer, and the border itself is what distances are measured to.
    unreadable_rim_um: float = 1000.0

    def __post_init__(self) -> None:
        for name in ("tile_px", "block_px", "batch", "read_threads", "read_ahead"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1, got {value}")
        if self.tile_px % 32 or self.block_px % self.tile_px:
            raise ValueError(
                f"tile_px must be a multiple of 32 and block_px one of tile_px, got {self.tile_px} and {self.block_px}"
            )

    def batch_on(self, device_type: str) -> int:
        """Tiles per call of the network on a ``cpu`` or ``cuda`` device."""
        return self.batch or (1 if device_type == "cpu" else 8)
