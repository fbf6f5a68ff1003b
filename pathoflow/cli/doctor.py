"""``pathoflow doctor``: what works on this machine, as a block for bug reports."""

from __future__ import annotations

import importlib
import platform
from importlib.metadata import PackageNotFoundError, entry_points, version

import typer

_PACKAGES = ("torch", "torchvision", "segmentation-models-pytorch", "openslide-python", "tifffile", "imagecodecs",
             "zarr", "dask", "scikit-image", "shapely", "napari", "openvino")  # fmt: skip
#: Packages that come with an extra of the same or another name.
_EXTRAS = {"napari": "gui", "openvino": "openvino"}


def doctor() -> None:
    """Show versions, readers, networks and devices; exit code 3 if the main job cannot work."""
    import os

    from pathoflow import __version__

    print(f"pathoflow {__version__}, Python {platform.python_version()}, {platform.platform()}")
    print(f"cores: {os.cpu_count()}")
    for package in _PACKAGES:
        try:
            print(f"  {package} {version(package)}")
        except PackageNotFoundError:
            extra = f" (extra: {_EXTRAS[package]})" if package in _EXTRAS else ""
            print(f"  {package}: not installed{extra}")
    works = _readers() & _networks()
    _devices()
    _backends()
    if not works:
        raise typer.Exit(3)
    print("The main job can run here.")


def _readers() -> bool:
    works = True
    print("readers:")
    for point in sorted(entry_points(group="pathoflow.readers")):
        try:
            point.load()
            print(f"  {point.name}: ok")
        except ImportError as error:
            works = False
            print(f"  {point.name}: cannot be loaded ({error}); install pathoflow again")
    return works


def _networks() -> bool:
    from pathoflow.cli.networks import card_in
    from pathoflow.errors import NetworkError
    from pathoflow.networks import NetworkCard
    from pathoflow.networks.registry import network_folders
    from pathoflow.networks.weights import verify_weights

    works = True
    print("networks:")
    for name, folder in sorted(network_folders().items()):
        try:
            card = card_in(folder)
            verify_weights(folder, card)
            if isinstance(card, NetworkCard):
                says = f"{', '.join(card.classes)} at {card.mpp:g}"
            else:
                says = f"whole vessels at {card.grid.mpp:g}"
            print(f"  {name}: ok, {says} µm/px")
        except NetworkError as error:
            works = False
            print(f"  {name}: {error}")
    return works


def _devices() -> None:
    torch = importlib.import_module("torch")
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            print(f"device cuda:{index}: {torch.cuda.get_device_name(index)}")
    else:
        print("device: cpu (torch sees no CUDA)")


def _backends() -> None:
    """Which backends each device has, which a run takes for each network, and why."""
    import torch

    from pathoflow.errors import NetworkError
    from pathoflow.networks import available_backends, choose_backend, list_networks

    kinds = ("cuda", "cpu") if torch.cuda.is_available() else ("cpu",)
    for kind in kinds:
        device = torch.device(kind)
        print(f"backends on {kind}: {', '.join(available_backends(device))}")
        try:
            cards = list_networks()
        except NetworkError:
            continue  # said above, network by network
        for card in cards:
            best = choose_backend("auto", device, card.weights_sha256)[0]
            print(f"  {card.name}: {best.backend} ({best.reason})")
