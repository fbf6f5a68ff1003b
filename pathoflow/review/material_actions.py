"""What a reader can say about blocks, slides and tumours: actions on the material, the same for all readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pathoflow.mvi import Site, TumourBurden
from pathoflow.review.actions import MaterialAction
from pathoflow.review.reading import Material, Outline


@dataclass(frozen=True, slots=True)
class StateSite(MaterialAction):
    """Say where a block was cut."""

    what = "site"
    slide: str
    site: Site

    def change(self, material: Material) -> None:
        """Do it."""
        material.sites[self.slide] = self.site

    def look(self, material: Material) -> Any:
        """The site as a reader stated it."""
        return material.sites.get(self.slide)


@dataclass(frozen=True, slots=True)
class DrawTumour(MaterialAction):
    """Draw the tumour of a slide anew: all its outlines; none says that there is no tumour. This confirms it."""

    what = "tumour"
    slide: str
    outlines: tuple[Outline, ...]

    def change(self, material: Material) -> None:
        """Do it."""
        material.tumours[self.slide] = self.outlines
        material.confirmed |= {self.slide}

    def look(self, material: Material) -> Any:
        """The outlines as a reader drew them."""
        return material.tumours.get(self.slide, "machine")


@dataclass(frozen=True, slots=True)
class ConfirmTumour(MaterialAction):
    """The tumour outline is right as it is; or not yet, after all."""

    what = "confirm_tumour"
    slide: str
    is_confirmed: bool = True

    def change(self, material: Material) -> None:
        """Do it."""
        rest = material.confirmed - {self.slide}
        material.confirmed = rest | {self.slide} if self.is_confirmed else rest

    def look(self, material: Material) -> Any:
        """Whether it is confirmed."""
        return self.slide in material.confirmed


@dataclass(frozen=True, slots=True)
class ExcludePiece(MaterialAction):
    """Leave a piece or ribbon out, with a reason; an empty reason takes it in again."""

    what = "piece"
    slide: str
    piece: int
    reason: str

    def change(self, material: Material) -> None:
        """Do it."""
        pieces = material.excluded_pieces.setdefault(self.slide, {})
        pieces[self.piece] = self.reason
        if not self.reason:
            del pieces[self.piece]

    def look(self, material: Material) -> Any:
        """Why it is left out."""
        return material.excluded_pieces.get(self.slide, {}).get(self.piece, "")


@dataclass(frozen=True, slots=True)
class Excuse(MaterialAction):
    """Go on without a slide, with a reason; an empty reason takes it in again."""

    what = "excuse"
    slide: str
    reason: str

    def change(self, material: Material) -> None:
        """Do it."""
        _put(material.excused, self.slide, self.reason)

    def look(self, material: Material) -> Any:
        """Why the case goes on without it."""
        return material.excused.get(self.slide, "")


@dataclass(frozen=True, slots=True)
class Overrule(MaterialAction):
    """Grade a slide although its codes forbid it, with a reason; an empty reason takes that back."""

    what = "overrule"
    slide: str
    reason: str

    def change(self, material: Material) -> None:
        """Do it."""
        _put(material.overruled, self.slide, self.reason)

    def look(self, material: Material) -> Any:
        """Why its codes are overruled."""
        return material.overruled.get(self.slide, "")


@dataclass(frozen=True, slots=True)
class StateBurden(MaterialAction):
    """State size and number of the tumours, for the stage."""

    what = "burden"
    burden: TumourBurden

    def change(self, material: Material) -> None:
        """Do it."""
        material.burden = self.burden

    def look(self, material: Material) -> Any:
        """What was stated."""
        return material.burden


def _put(where: dict[str, str], key: str, reason: str) -> None:
    where[key] = reason
    if not reason:
        del where[key]
