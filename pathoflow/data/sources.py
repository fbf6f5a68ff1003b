r"""Where patches come from, as a config says it, and loading all of them.

[data]
classes = ["vessel"]
mpp = 2.0
patch_px = 256
labelled = [{ slide = "a.svs", outlines = "a.geojson", patient = "P1" }]
unlabelled = [{ slide = "b.svs" }]
folders = [{ images = "glas", mask = "{name}_gt.png", mpp = 0.62 }]
painted = { train_seeds = [1, 2], validation_seeds = [3] }        # or painted_cells, see `PaintedCellData`
validation = [{ slide = "c.svs", outlines = "c.geojson" }]     # or validation_share = 0.2
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pathoflow.data.folders import Crops, FolderSource, labelled_crops, unlabelled_crops
from pathoflow.data.labelled import LabelSettings, label_patches
from pathoflow.data.outlines import read_geojson
from pathoflow.data.painted import PaintedData, paint_bank
from pathoflow.data.painted_cells import PaintedCellData, paint_cell_bank
from pathoflow.data.patches import PatchSet, Pictures, join, join_pictures
from pathoflow.data.splits import assert_disjoint, split_by_group
from pathoflow.data.unlabelled import unlabelled_patches
from pathoflow.errors import UsageError
from pathoflow.slide import open_slide

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SlideSource:
    """A slide and, where somebody drew them, its outlines; paths count from the config's folder."""

    slide: str
    outlines: str = ""
    #: Slides of one patient are never split between training and validation; empty: the slide by itself.
    patient: str = ""
    #: µm per pixel, where the header's are missing or wrong.
    mpp: float | None = None


@dataclass(frozen=True, slots=True)
class DataSettings:
    """All patches of a training; see the module's docstring for the table it is read from."""

    classes: tuple[str, ...] = ("vessel",)
    #: Side of a patch.
    patch_px: int = 256
    #: µm per pixel of the patches; left out, that of the network, or none where all patches are pictures without a scale.
    mpp: float | None = None
    labelled: tuple[SlideSource, ...] = ()
    unlabelled: tuple[SlideSource, ...] = ()
    folders: tuple[FolderSource, ...] = ()
    painted: PaintedData | None = None
    #: Nuclei instead of tissue.
    painted_cells: PaintedCellData | None = None
    #: Slides to measure on; without any, patients that hold about `validation_share` of the patches are set aside.
    validation: tuple[SlideSource, ...] = ()
    validation_share: float = 0.2
    #: Patches of every unlabelled slide.
    unlabelled_per_slide: int = 200
    #: See `LabelSettings`.
    margin_um: float = 50.0
    min_tissue: float = 0.75
    seed: int = 0

    def __post_init__(self) -> None:
        problems = []
        if not self.classes:
            problems.append("classes must be named")
        if not (self.labelled or self.any_painted or self._folders("labelled")):
            problems.append("labelled, folders or painted must name patches to learn from")
        if self.painted and self.painted_cells:
            problems.append("painted and painted_cells have no class in common: name one of them")
        if self.mpp is not None and not self.mpp > 0:
            problems.append(f"mpp must be positive, not {self.mpp:g}")
        if self.patch_px < 1 or self.unlabelled_per_slide < 1:
            problems.append("patch_px and unlabelled_per_slide must be at least 1")
        if not 0 < self.validation_share < 1:
            problems.append(
                f"validation_share must lie between 0 and 1, not {self.validation_share:g}"
            )
        if problems:
            raise UsageError("; ".join(problems))

    def _folders(self, role: str) -> list[FolderSource]:
        return [folder for folder in self.folders if folder.role == role]

    @property
    def any_painted(self) -> PaintedData | PaintedCellData | None:
        """The painted slides, be it for tissue or for nuclei."""
        return self.painted or self.painted_cells

    @property
    def labels(self) -> LabelSettings:
        """How slides are cut."""
        if self.mpp is None:
            raise UsageError("mpp must be given: slides are read at it.")
        return LabelSettings(self.classes, self.mpp, self.patch_px, self.margin_um, self.min_tissue)

    @property
    def labelled_sources(self) -> tuple[SlideSource | FolderSource, ...]:
        """What somebody outlined, to learn from."""
        return (*self.labelled, *self._folders("labelled"))

    @property
    def unlabelled_sources(self) -> tuple[SlideSource | FolderSource, ...]:
        """What nobody outlined."""
        return (*self.unlabelled, *self._folders("unlabelled"))

    @property
    def validation_sources(self) -> tuple[SlideSource | FolderSource, ...]:
        """What somebody outlined, to measure on."""
        return (*self.validation, *self._folders("validation"))


@dataclass(frozen=True)
class Loaded:
    """Patches of a training; no patient is in both ``train`` and ``validation``, but for a warned exception."""

    train: PatchSet
    unlabelled: Pictures | None
    validation: PatchSet


def load_data(
    settings: DataSettings, root: Path, cache: Path, progress: Callable[[str], None]
) -> Loaded:
    """Load everything that ``settings`` name.

    Without validation sources, whole patients are set aside. Where all outlined patches are of one patient, some of
    its patches are, with a warning: figures on them flatter. Painted slides to validate on are only used where
    nothing real is outlined.

    Parameters
    ----------
    root
        Folder that relative paths count from: the config's.
    cache
        Folder for painted patches.

    Raises
    ------
    UsageError
        A source cannot be read, sources do not fit together, or a patient is in training and validation.
    SlideError
        A slide cannot be read.
    """
    real = [load_labelled(source, settings, root) for source in settings.labelled_sources]
    held_out = [load_labelled(source, settings, root) for source in settings.validation_sources]
    if real and not held_out:
        kept, apart = _set_aside(join(real), settings)
        real, held_out = [kept], [apart]
    painted = settings.any_painted
    if painted is not None:
        real.append(load_painted(painted, painted.train_seeds, settings, cache, progress))
        if painted.validation_seeds and not held_out:
            held_out = [load_painted(painted, painted.validation_seeds, settings, cache, progress)]
        elif not held_out:
            real[-1], apart = _set_aside(real[-1], settings)
            held_out = [apart]
    pictures = [load_unlabelled(source, settings, root) for source in settings.unlabelled_sources]
    unlabelled = join_pictures(pictures) if pictures else None
    loaded = Loaded(join(real), unlabelled, join(held_out))
    return _apart(loaded, bool(settings.validation_sources))


def load_labelled(
    source: SlideSource | FolderSource, settings: DataSettings, root: Path
) -> PatchSet:
    """Outlined patches of one source; paths count from ``root``.

    Raises
    ------
    UsageError
        The source has no outlines, or they cannot be used.
    SlideError
        The slide cannot be read.
    """
    if isinstance(source, FolderSource):
        if len(settings.classes) > 1:
            raise UsageError(
                f"masks in {source.images} hold one class, but {', '.join(settings.classes)} are wanted: "
                "train one class from pictures."
            )
        crops = Crops(settings.patch_px, settings.mpp, settings.seed)
        return labelled_crops(source, crops, settings.classes[0], root)
    if not source.outlines:
        raise UsageError(
            f"{source.slide} has no outlines: name their GeoJSON, or list it as unlabelled."
        )
    path = root / source.outlines
    with open_slide(root / source.slide, source.mpp) as slide:
        outlines = read_geojson(path, bounds=slide.info.bounds)
        return label_patches(
            slide, outlines, settings.labels, source=str(path), group=source.patient
        )


def load_unlabelled(
    source: SlideSource | FolderSource, settings: DataSettings, root: Path
) -> Pictures:
    """Patches of one source without looking at its outlines or masks; errors of `load_labelled`."""
    if isinstance(source, FolderSource):
        return unlabelled_crops(source, Crops(settings.patch_px, settings.mpp, settings.seed), root)
    with open_slide(root / source.slide, source.mpp) as slide:
        n = settings.unlabelled_per_slide
        return unlabelled_patches(slide, n, settings.labels, settings.seed, group=source.patient)


def load_painted(
    data: PaintedData | PaintedCellData,
    seeds: tuple[int, ...],
    settings: DataSettings,
    cache: Path,
    progress: Callable[[str], None],
) -> PatchSet:
    """Patches of painted slides, at the µm per pixel and of the side of ``settings``.

    Raises
    ------
    UsageError
        The µm per pixel are no whole multiple of the bank's, or a class is not painted.
    """
    if isinstance(data, PaintedCellData):
        bank_mpp, key = data.slide_mpp, "painted_cells.slide_mpp"
    else:
        bank_mpp, key = data.bank_mpp, "painted.bank_mpp"
    ratio = settings.labels.mpp / bank_mpp
    if round(ratio) < 1 or abs(ratio - round(ratio)) > 1e-6:
        raise UsageError(
            f"painted patches of {bank_mpp:g} µm/px cannot be had at {settings.mpp:g}: "
            f"make mpp a whole multiple of {key}."
        )
    classes = tuple(name.lower() for name in settings.classes)
    if isinstance(data, PaintedCellData):
        patches = paint_cell_bank(data, seeds, cache, progress, classes)
    else:
        patches = paint_bank(data, seeds, cache, progress, classes)
    patches = patches.reduced(round(ratio))
    return replace(patches.cut(settings.patch_px), classes=settings.classes)


def _set_aside(patches: PatchSet, settings: DataSettings) -> tuple[PatchSet, PatchSet]:
    """Patches to learn from, and some of other patients to measure on."""
    share = settings.validation_share
    groups = patches.groups
    if len(set(groups)) == 1:
        if len(patches) < 2:
            raise UsageError(
                f'there is only one outlined patch, of "{groups[0]}": outline more, or name validation slides.'
            )
        _log.warning(
            'all outlined patches are of "%s": some of them are set aside, and figures on them flatter; '
            "name validation slides of another patient",
            groups[0],
        )
        groups = tuple(str(number) for number in range(len(patches)))
    parts = split_by_group(groups, {"train": 1 - share, "validation": share}, settings.seed)
    return patches.take(parts["train"]), patches.take(parts["validation"])


def _apart(loaded: Loaded, is_stated: bool) -> Loaded:
    """No patient may be in two parts.

    Who was set aside here is also left out of the unlabelled patches; who was named twice is an error of the config.
    """
    validation = loaded.validation.groups
    if is_stated:
        assert_disjoint({"training": loaded.train.groups, "validation": validation})
    if loaded.unlabelled is None or set(loaded.train.groups) & set(validation):
        return loaded
    if is_stated:
        assert_disjoint({"unlabelled": loaded.unlabelled.groups, "validation": validation})
        return loaded
    groups = loaded.unlabelled.groups
    kept = [at for at, group in enumerate(groups) if group not in validation]
    return replace(loaded, unlabelled=loaded.unlabelled.take(kept) if kept else None)
