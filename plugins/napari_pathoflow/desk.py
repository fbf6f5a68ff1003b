"""The reader's desk: one case, one viewer, and every action that a key or a button can ask for.

    keys, buttons ──> Desk ──> Session ──> pathoflow.review      what is decided
                        └────> Canvas  ──> napari                what is seen

Needs neither Qt nor a window, so every action is tested on napari's viewer model.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from napari.components import ViewerModel

from napari_pathoflow.canvas import Canvas
from napari_pathoflow.editing import Editing
from napari_pathoflow.explaining import Explain
from napari_pathoflow.keys import REASON_KEYS, Key, load_keys
from napari_pathoflow.layers import HEAT_MAP, OUTLINES, TUMOUR
from napari_pathoflow.magnification import POWERS
from napari_pathoflow.preferences import Preferences
from napari_pathoflow.session import REASONS, Session
from napari_pathoflow.signals import DeskSignals
from napari_pathoflow.teaching import Teaching
from napari_pathoflow.texts import Words
from pathoflow.errors import PathoflowError, UsageError
from pathoflow.mvi import Status

_SWITCHES = {"heat": HEAT_MAP, "outlines": OUTLINES, "tumour": TUMOUR}


class Desk:
    """Everything a reader can do, by name.

    Parameters
    ----------
    viewer
        Where slides are shown.
    session
        The case and its review.
    preferences
        How this reader wants it.
    """

    def __init__(self, viewer: ViewerModel, session: Session, preferences: Preferences) -> None:
        self.viewer, self.session = viewer, session
        self.words = Words(preferences.language)
        self.signals = DeskSignals()
        self.canvas = Canvas(viewer, preferences)
        self.editing = Editing(self.canvas, session, self.signals)
        self.teaching = Teaching(self.canvas, session, self.signals)
        self.keys: tuple[Key, ...] = load_keys(preferences.keys_file)
        #: Gives a map for the selected vessel; set by whoever can explain a score.
        self.explain: Explain | None = None
        self.is_wide = False
        self.marked: str | None = None
        self._actions = self._make_actions()
        self._bind()
        session.changed.connect(self._show_vessels)

    # --- running actions ---

    def do(self, action: str) -> bool:
        """Do an action of the table of keys; a refusal is told to the reader, and False given back."""
        return self.attempt(self._actions[action])

    def attempt(self, action: Callable[[], Any]) -> bool:
        """Do anything; what the review or a slide refuses is told to the reader as its one sentence."""
        try:
            action()
        except PathoflowError as refusal:
            self.signals.said.emit(str(refusal))
            return False
        return True

    def key_of(self, action: str) -> str:
        """The key of an action; empty where it has none."""
        return next((key.key for key in self.keys if key.action == action), "")

    @property
    def preferences(self) -> Preferences:
        """How the reader wants it now."""
        return self.canvas.preferences

    # --- walking ---

    def open_case(self, folder: Path) -> None:
        """Open a case and show its most suspicious vessel that has no verdict."""
        self.editing.drop()
        self.session.open_case(folder)
        first = self.session.neighbour(1, unreviewed=True) or self.session.first
        if first is None:
            self.show_slide(self.session.slide_id)
        else:
            self.go_to(first, power=None)
            self.canvas.overview()

    def show_slide(self, slide_id: str | None) -> None:
        """Show a slide of the case.

        Raises
        ------
        UsageError
            Its file cannot be found or is another slide.
        """
        if slide_id is None:
            raise UsageError(self.words("said.no_slide"))
        self.session.set_slide(slide_id)
        if self.canvas.slide is not None and self.canvas.slide.id == slide_id:
            return
        slide = self.session.slides.get_slide(slide_id)
        if slide is None:
            self.canvas.clear()
            self.canvas.slide = None
            raise UsageError(self.session.slides.problems[slide_id])
        self.canvas.show_slide(slide, self.session.result_folder(slide_id))
        self.canvas.show_tumour(self.session.tumour_rings(slide_id))
        self._show_vessels()

    def go_to(self, vessel_id: str, power: float | None = 0.0) -> None:
        """Select a vessel and move the slide there, at the reader's power (0), another, or the present one (None)."""
        self.editing.drop()
        self.session.select(vessel_id)
        one = self.session.candidate(vessel_id)
        if one is None:
            return
        self.show_slide(one.slide)
        self.canvas.select(one)
        wanted = self.preferences.power if power == 0.0 else power
        self.canvas.look_at(one.centre, wanted if self.canvas.mpp else None)

    def step(self, step: int, *, unreviewed: bool = False) -> None:
        """Go to the next or the previous vessel of the gallery."""
        there = self.session.neighbour(step, unreviewed=unreviewed)
        if there is None:
            self.signals.said.emit(self.words("said.all_reviewed" if unreviewed else "said.end"))
            return
        self.go_to(there)

    def step_slide(self, step: int) -> None:
        """Show the next or the previous slide of the case."""
        ids = self.session.slide_ids
        if not ids:
            raise UsageError(self.words("said.no_case"))
        at = ids.index(self.session.slide_id) if self.session.slide_id in ids else 0
        self.editing.drop()
        self.show_slide(ids[(at + step) % len(ids)])

    # --- deciding ---

    def decide(self, verdict: Status, reason: str = "") -> None:
        """Give the selected vessel a verdict and go on to the next one without."""
        self.session.decide(verdict, reason)
        if self.preferences.auto_advance:
            self.step(1, unreviewed=True)

    def undo(self) -> None:
        """Take back the last action of this review, and go to the vessel it was about."""
        vessel_id = self.session.undo()
        if vessel_id is not None and self.session.candidate(vessel_id) is not None:
            self.go_to(vessel_id)

    def confirm_tumour(self) -> None:
        """Confirm the tumour's outline on the slide that is shown."""
        if self.session.slide_id is None:
            raise UsageError(self.words("said.no_slide"))
        self.session.confirm_tumour(self.session.slide_id, True)

    def complete(self) -> None:
        """State that all candidates are seen, and that vessels were looked for without aid; again takes it back."""
        self.session.set_complete(not self.session.is_complete)

    def sign(self) -> None:
        """Sign the case."""
        self.session.sign()
        self.signals.said.emit(self.words("said.signed"))

    # --- looking ---

    def set_power(self, power: float) -> None:
        """Show the present place at a power, and vessels from now on too."""
        self.canvas.set_power(power)
        self.canvas.preferences = self.preferences.but(power=power)

    def switch(self, what: str) -> None:
        """Turn heat map, outlines or tumour line on or off."""
        is_on = self.canvas.switch(_SWITCHES[what])
        state = self.words("said.on" if is_on else "said.off")
        self.signals.said.emit(
            self.words("said.switched", what=self.words(f"switch.{what}"), state=state)
        )

    def switch_wide(self) -> None:
        """Show more or less around each vessel of the gallery."""
        self.is_wide = not self.is_wide
        self.signals.wide_changed.emit(self.is_wide)

    def mark(self) -> None:
        """Mark the selected vessel, to link another with it or merge them."""
        self.marked = self.session.selected_id
        self.signals.said.emit(self.words("said.marked", vessel=self.marked[:8]))

    def link_with_marked(self) -> None:
        """State that the selected profile and the marked one are one vessel."""
        self.session.link(self._marked, self.session.selected_id)

    def merge_with_marked(self) -> None:
        """Make one vessel of the selected and the marked one."""
        self.session.merge(self._marked, self.session.selected_id)
        self.marked = None

    def show_explanation(self) -> None:
        """Show what the score of the selected vessel rests on, where somebody provides that."""
        one = self.session.candidate(self.session.selected_id)
        if self.explain is None or one is None:
            raise UsageError(self.words("explanation.none"))
        self.canvas.drop("explanation")
        self.canvas.add(self.explain(one))

    def set_language(self, language: str) -> None:
        """Speak another language from now on; whoever shows words must be made anew."""
        self.canvas.preferences = self.preferences.but(language=language)
        self.words = Words(self.preferences.language)

    # --- inside ---

    @property
    def _marked(self) -> str:
        if self.marked is None:
            raise UsageError(self.words("said.nothing_marked"))
        return self.marked

    def _show_vessels(self) -> None:
        """Bring the outlines on the slide up to date with the session."""
        slide_id = self.session.slide_id
        on_slide = [one for one in self.session.all_candidates if one.slide == slide_id]
        self.canvas.show_vessels(on_slide)
        self.canvas.select(self.session.candidate(self.session.vessel_id))

    def _make_actions(self) -> dict[str, Callable[[], Any]]:
        wants = self.signals.wants.emit
        actions: dict[str, Callable[[], Any]] = {
            "next": lambda: self.step(1),
            "previous": lambda: self.step(-1),
            "next_unreviewed": lambda: self.step(1, unreviewed=True),
            "previous_unreviewed": lambda: self.step(-1, unreviewed=True),
            "next_slide": lambda: self.step_slide(1),
            "previous_slide": lambda: self.step_slide(-1),
            "accept": lambda: self.decide(Status.ACCEPTED),
            "reject": lambda: self.decide(Status.REJECTED),
            "uncertain": lambda: self.decide(Status.UNCERTAIN),
            "show": lambda: self.go_to(self.session.selected_id),
            "overview": self.canvas.overview,
            "wide": self.switch_wide,
            "edit": self.editing.begin_vessel,
            "add": self.editing.begin_added,
            "keep": self.editing.keep,
            "drop": self.editing.drop,
            "measure": self.editing.begin_line,
            "measure_tumour": self.editing.measure_tumour,
        }
        for name in ("undo", "confirm_tumour", "complete", "sign"):
            actions[name] = getattr(self, name)
        for name in ("gallery", "note", "help"):
            actions[name] = partial(wants, name)
        for name in _SWITCHES:
            actions[name] = partial(self.switch, name)
        for power in POWERS:
            actions[f"power_{power:.0f}"] = partial(self.set_power, power)
        for name, reason in zip(REASON_KEYS, REASONS, strict=True):
            actions[name] = partial(self.decide, Status.REJECTED, reason)
        return actions

    def _bind(self) -> None:
        """Bind every key at the viewer; layers' own keys win over these, so only free ones are used."""
        for key in self.keys:
            action = key.action
            self.viewer.bind_key(
                key.key, lambda _, action=action: self.do(action) and None, overwrite=True
            )
