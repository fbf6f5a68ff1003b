"""The slide files of a case: results do not say where slides lie, so they are looked for by name and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pathoflow.errors import Code, PathoflowError, SlideRejected
from pathoflow.phantom import is_recipe
from pathoflow.pipeline import find_slides
from pathoflow.slide import Slide, open_slide
from pathoflow.slide.suffixes import SLIDE_SUFFIXES
from pathoflow.space import Mpp
from pathoflow.store import Result


class Slides(Mapping[str, Slide]):
    """Open slides by id; each is looked for and opened when it is first asked for.

    Parameters
    ----------
    results
        The results whose slides are wanted, by slide id.
    near
        Folders to look in, without what lies below them: the results' own and its neighbours.
    folders
        Folders that a person named, with all below them.
    """

    def __init__(
        self, results: Mapping[str, Result], near: Sequence[Path], folders: Sequence[Path] = ()
    ) -> None:
        self._results = results
        self._near = list(near)
        self._folders = list(folders)
        self._open: dict[str, Slide] = {}
        self._paths: dict[str, Path] | None = None
        #: Why a slide cannot be shown, by id.
        self.problems: dict[str, str] = {}

    def __getitem__(self, slide_id: str) -> Slide:
        if slide_id not in self._results:
            raise KeyError(slide_id)
        if slide_id not in self._open:
            if slide_id in self.problems:
                raise KeyError(slide_id)
            try:
                self._open[slide_id] = self._opened(slide_id)
            except PathoflowError as error:
                # Told once; a gallery asks hundreds of times.
                self.problems[slide_id] = str(error)
                raise KeyError(slide_id) from error
        return self._open[slide_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)

    def __contains__(self, slide_id: object) -> bool:
        return slide_id in self._results

    def get_slide(self, slide_id: str) -> Slide | None:
        """The open slide, or None; `problems` says why."""
        try:
            return self[slide_id]
        except KeyError:
            return None

    def look_in(self, folder: Path) -> None:
        """Look for slides in one more folder."""
        self._folders.insert(0, folder)
        self._paths = None
        self.problems.clear()

    def close(self) -> None:
        """Let go of all files."""
        for slide in self._open.values():
            slide.close()
        self._open.clear()

    def _opened(self, slide_id: str) -> Slide:
        path = self._known_paths().get(slide_id)
        if path is None:
            looked = (
                ", ".join(str(folder) for folder in (*self._folders, *self._near)) or "no folder"
            )
            raise SlideRejected(
                f"the file of the slide {slide_id} was not found in {looked}; name the folder that holds it"
            )
        result = self._results[slide_id]
        mpp = result.data["slide"]["mpp"]
        by_user = result.data["slide"]["mpp_source"] == "user" and mpp is not None
        slide = open_slide(path, mpp=Mpp(*mpp) if by_user else None)
        if result.slide_size is not None and slide.size != result.slide_size:
            slide.close()
            raise SlideRejected(
                f"{path.name} has {slide.size.height} x {slide.size.width} pixels and its result was made of "
                f"{result.slide_size.height} x {result.slide_size.width}; it is another slide",
                Code.SLIDE_CHANGED,
            )
        return slide

    def _known_paths(self) -> Mapping[str, Path]:
        """All slide files that can be seen, by the name of their slide; the first folder wins."""
        if self._paths is None:
            self._paths = {}
            for path in (*_below(self._folders), *_inside(self._near)):
                self._paths.setdefault(path.stem, path)
        return self._paths


def _below(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        try:
            yield from find_slides([folder])
        except PathoflowError:
            # A folder without slides, or one that is gone, is only one less to look in.
            continue


def _inside(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.suffix.lower() in SLIDE_SUFFIXES or is_recipe(path):
                yield path
