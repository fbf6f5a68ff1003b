"""How a vessel looks in the gallery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from qtpy.QtGui import QImage

from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.gallery import GalleryPanel
from napari_pathoflow.panels.gallery_painter import as_image
from napari_pathoflow.styles import VERDICT_COLOURS
from napari_pathoflow.thumbnails import Thumbnail


def painted(panel: GalleryPanel) -> QImage:
    panel.resize(420, 300)
    panel.show()
    panel.view.grab()
    panel.loader.wait()
    return panel.view.grab().toImage()


def has_colour(image: QImage, colour: str) -> bool:
    wanted = tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
    for y in range(image.height()):
        for x in range(image.width()):
            if image.pixelColor(x, y).getRgb()[:3] == wanted:
                return True
    return False


def test_a_verdict_is_a_frame_in_its_colour_and_before_it_there_is_none(
    make: Callable[..., Any], desk: Desk
) -> None:
    panel = make(GalleryPanel)
    assert not has_colour(painted(panel), VERDICT_COLOURS["accepted"])
    desk.do("accept")
    assert has_colour(painted(panel), VERDICT_COLOURS["accepted"])


def test_the_caption_says_what_is_known_and_a_dash_for_the_rest(
    make: Callable[..., Any], desk: Desk
) -> None:
    panel = make(GalleryPanel)
    one = desk.session.candidates[0]
    first, second = panel.painter.caption(one).split("\n")
    assert first == f"score {one.p_mvi:.2f} · {one.n_cells} cells"
    assert second.endswith(one.slide)
    from shapely import box

    name = desk.session.add_vessel(desk.session.slide_ids[0], box(300, 300, 400, 400))
    added = desk.session.candidate(name)
    assert added is not None
    assert panel.painter.caption(added).startswith("added · – cells")


def test_all_items_have_one_size(make: Callable[..., Any], desk: Desk) -> None:
    panel = make(GalleryPanel)
    sizes = {
        (size.width(), size.height())
        for row in range(3)
        if (size := panel.painter.sizeHint(None, panel.model.index(row, 0)))
    }
    assert sizes == {(150, 186)}


def test_pixels_arrive_as_they_are(qtbot: Any) -> None:
    pixels = np.zeros((4, 5, 3), np.uint8)
    pixels[1, 2] = (10, 20, 30)
    image = as_image(Thumbnail(pixels, ()))
    assert (image.width(), image.height()) == (5, 4)
    assert image.pixelColor(2, 1).getRgb()[:3] == (10, 20, 30)
