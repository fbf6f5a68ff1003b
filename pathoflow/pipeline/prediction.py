"""Any network over the tissue of any slide, streamed into an OME-Zarr: for researchers with a network of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from pathoflow.inference import Work
from pathoflow.networks import Network, load_network
from pathoflow.pipeline.maps import predict_maps
from pathoflow.pipeline.settings import RunSettings
from pathoflow.slide import Slide, open_slide
from pathoflow.store import Pyramid, ensure_writable
from pathoflow.tissue import TissueMask, TissueSettings, find_tissue, read_overview

#: A network that is loaded already, or its name or folder.
AnyNetwork = Network | str | Path


@dataclass(frozen=True, slots=True)
class _Folder:
    """An OME-Zarr that holds nothing but maps; its ledger lies inside."""

    path: Path

    @property
    def analysis(self) -> Path:
        return self.path

    @property
    def ledger(self) -> Path:
        # Beside the store: beginning anew empties the store first, and the ledger with a reason of its own.
        return self.path.with_name(f"{self.path.name}.ledger")


def predict(
    slide: Slide | Path | str,
    network: AnyNetwork | Sequence[AnyNetwork],
    out: Path | str,
    settings: RunSettings | None = None,
    work: Work = Work(),
    tissue: TissueMask | None = None,
) -> Mapping[str, Pyramid]:
    """Run networks over all tissue of a slide and return the maps of their classes, stored in ``out``.

    Repeating an interrupted call resumes it; a finished one is read back.

    Parameters
    ----------
    slide
        An open slide, or its path.
    network
        One or several; those of one µm per pixel share one reading of the slide.
    out
        An OME-Zarr folder to write, such as ``maps.zarr``; map ``probability/<class>`` is uint8, 255 meaning 1, on
        the grid of the network's µm per pixel. ``<out>.ledger`` beside it remembers what is done.
    settings
        Of a run; only those of device, backend, µm per pixel, tissue and inference are used.
    work
        Whom to tell of progress, as ``Work(on_progress)``: called with (tiles done, tiles in all), may raise to cancel.
    tissue
        Where to look; found by colour where it is not given.

    Raises
    ------
    SlideError
        The slide cannot be opened or has no µm per pixel.
    NetworkError, EnvironmentFault
        A network is not usable, the folder cannot be written, the disk is full.
    """
    settings = settings or RunSettings()
    wanted = [network] if isinstance(network, Network | str | Path) else list(network)
    networks = [
        n if isinstance(n, Network) else load_network(n, settings.device, settings.backend)
        for n in wanted
    ]
    folder = _Folder(Path(out))
    ensure_writable(folder.path)
    opening = nullcontext(slide) if isinstance(slide, Slide) else open_slide(slide, settings.mpp)
    with opening as opened:
        if tissue is None:
            tissue = _tissue_of(opened, settings.quality.tissue)
        maps = predict_maps(opened, tissue, networks, folder, settings, work)
    return {name: found.pyramid for name, found in maps.by_class.items()}


def _tissue_of(slide: Slide, settings: TissueSettings) -> TissueMask:
    overview = read_overview(slide, settings.working_mpp)
    pixels = find_tissue(overview.pixels, overview.mpp, settings)
    return TissueMask(pixels, overview.frame, overview.slide_mpp)
