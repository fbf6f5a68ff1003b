"""What happens at a desk, for whoever shows it."""

from __future__ import annotations

from psygnal import Signal, SignalGroup


class DeskSignals(SignalGroup):
    """What a desk tells its panels."""

    #: A sentence for the reader.
    said = Signal(str)
    #: A panel that should come forward: gallery, note, help, case, edit, measure.
    wants = Signal(str)
    #: Whether the gallery shows the wide field.
    wide_changed = Signal(bool)
    #: What is being edited; empty for nothing.
    edit_changed = Signal(str)
    #: A line was drawn or a distance kept.
    measured = Signal()
    #: A label set was kept.
    labels_changed = Signal()
