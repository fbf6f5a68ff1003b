"""The gallery as a widget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import Qt

from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.gallery import GalleryPanel
from napari_pathoflow.thumbnails import FIELD_UM, WIDE_UM


def test_the_selected_picture_follows_the_desk_and_the_desk_the_picture(
    make: Callable[..., Any], desk: Desk
) -> None:
    panel = make(GalleryPanel)
    desk.step(1)
    assert panel.view.currentIndex().row() == 1
    panel.view.setCurrentIndex(panel.model.index(4, 0))
    assert desk.session.vessel_id == panel.model.at(4).id


def test_order_and_filter_reach_the_session(make: Callable[..., Any], desk: Desk) -> None:
    panel = make(GalleryPanel)
    panel.sort.setCurrentIndex(panel.sort.findData("size"))
    sizes = [panel.model.at(row).diameter_um for row in range(panel.model.rowCount())]
    assert sizes == sorted(sizes, reverse=True)
    desk.do("accept")
    panel.state.setCurrentIndex(panel.state.findData("accepted"))
    assert panel.model.rowCount() == 1
    assert desk.session.progress == (1, 12)


def test_progress_is_said(make: Callable[..., Any], desk: Desk) -> None:
    panel = make(GalleryPanel)
    desk.do("reject")
    assert panel.progress.text() == "1 of 12 reviewed"


def test_letters_go_on_to_the_viewer_and_arrows_walk(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(GalleryPanel)
    panel.resize(600, 600)
    panel.show()
    before = desk.session.vessel_id
    qtbot.keyClick(panel.view, Qt.Key.Key_W)
    assert desk.session.vessel_id == before
    qtbot.keyClick(panel.view, Qt.Key.Key_Right)
    assert desk.session.vessel_id == panel.model.at(1).id


def test_pictures_come_by_themselves_and_a_key_widens_their_field(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(GalleryPanel)
    panel.resize(500, 500)
    panel.show()
    panel.view.grab()
    first = panel.model.at(0)
    qtbot.waitUntil(lambda: panel.loader.thumbnails.known(first, FIELD_UM) is not None)
    desk.do("wide")
    panel.view.grab()
    qtbot.waitUntil(lambda: panel.loader.thumbnails.known(first, WIDE_UM) is not None)
    panel.loader.wait()
