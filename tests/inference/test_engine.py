from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from pathoflow.errors import TileUnreadable
from pathoflow.space import Box

Make = Callable[..., Any]


def tissue_of(picture: np.ndarray) -> np.ndarray:
    """A disc and a bar: some tiles full, some cut, some blocks without any."""
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    return ((y - 60) ** 2 + (x - 40) ** 2 < 35**2) | ((y > 130) & (x > 30) & (x < 60))


def whole_answer(picture: np.ndarray) -> np.ndarray:
    """The blur network's answer on the whole picture at once, longhand: white around, 15 x 15 mean, sigmoid."""
    grey = np.pad(picture / 255, ((20, 20), (20, 20), (0, 0)), constant_values=1.0).mean(2)
    logit = 8 * ndimage.uniform_filter((grey - 0.5) / 0.5, 15, mode="nearest")[20:-20, 20:-20]
    return 255 / (1 + np.exp(-logit))


def test_a_constant_network_gives_its_constant_inside_tissue_and_0_outside(
    picture: np.ndarray, make_target: Make, run: Make, network: Make, constant: Make
) -> None:
    tissue = tissue_of(picture)
    job = run(make_target(network(constant(2.0)), tissue=tissue))
    job.go()
    expected = np.where(tissue, round(255 / (1 + np.exp(-2.0))), 0)
    assert np.array_equal(job.map(), expected)


def test_stitched_tiles_are_the_answer_on_the_whole_picture(
    picture: np.ndarray, make_target: Make, run: Make, network: Make
) -> None:
    job = run(make_target(network()))
    job.go()
    expected = whole_answer(picture)
    assert expected.std() > 20, "a flat picture would prove nothing"
    assert np.abs(job.map() - expected).max() <= 1


def test_without_its_halo_the_network_would_answer_otherwise(
    picture: np.ndarray, make_target: Make, run: Make, network: Make
) -> None:
    """Shows that the test above can fail."""
    job = run(make_target(network(halo_px=0)))
    job.go()
    assert np.abs(job.map() - whole_answer(picture)).max() > 20


@pytest.mark.parametrize(
    "settings",
    [
        {"tile_px": 64, "block_px": 64},
        {"tile_px": 32, "block_px": 256},
        {"tile_px": 96, "block_px": 96},
        {"tile_px": 32, "block_px": 128, "batch": 3},
        {"batch": 100, "read_threads": 4, "read_ahead": 1},
    ],
)
def test_sizes_batches_and_threads_change_nothing(
    picture: np.ndarray, make_target: Make, run: Make, network: Make, settings: dict[str, int]
) -> None:
    tissue = tissue_of(picture)
    plain = run(make_target(network(), tissue=tissue), "plain")
    other = run(make_target(network(), tissue=tissue), "other", **settings)
    plain.go()
    other.go()
    assert np.abs(plain.map().astype(int) - other.map()).max() <= 1


def test_a_halo_of_any_width_suits_networks_that_halve_five_times(
    make_target: Make, run: Make, network: Make, picture: np.ndarray
) -> None:
    # The blur refuses what is no multiple of 32 pixels.
    job = run(make_target(network(halo_px=23)))
    job.go()
    assert np.abs(job.map() - whole_answer(picture)).max() <= 1


def test_several_networks_share_one_reading(
    picture: np.ndarray, make_target: Make, run: Make, network: Make, constant: Make
) -> None:
    target = make_target(network(), network(constant(-1.0), "tumour", halo_px=16))
    job = run(target)
    job.go()
    assert np.abs(job.map("vessel") - whole_answer(picture)).max() <= 1
    assert (job.map("tumour") == round(255 / (1 + np.e))).all()
    assert len(target.slide.reads) == 5 * 7


def test_places_without_tissue_are_neither_read_nor_predicted(
    picture: np.ndarray, make_target: Make, run: Make, network: Make
) -> None:
    tissue = tissue_of(picture)
    target = make_target(network(), tissue=tissue)
    tally = run(target).go()
    with_tissue = sum(
        tissue[top : top + 32, left : left + 32].any()
        for top in range(0, 150, 32)
        for left in range(0, 203, 32)
    )
    assert (tally.done, tally.skipped, tally.failed) == (with_tissue, 35 - with_tissue, 0)
    assert target.networks[0].n_seen == len(target.slide.reads) == with_tissue


def test_a_slide_without_tissue_gives_an_empty_map(
    picture: np.ndarray, make_target: Make, run: Make, network: Make
) -> None:
    calls: list[tuple[int, int]] = []
    job = run(make_target(network(), tissue=np.zeros(picture.shape[:2], bool)))
    tally = job.go(lambda *at: calls.append(at))
    assert not job.map().any()
    assert (tally.done, tally.skipped, tally.unreadable_share) == (0, 35, 0.0)
    assert calls == [(0, 0)]


def test_progress_counts_every_tile_up_to_all(make_target: Make, run: Make, network: Make) -> None:
    calls: list[tuple[int, int]] = []
    run(make_target(network())).go(lambda *at: calls.append(at))
    assert calls == [(n, 35) for n in range(36)]


class Cancelled(Exception):
    pass


def cancel_after(n_tiles: int) -> Callable[[int, int], None]:
    def on_progress(done: int, total: int) -> None:
        if done >= n_tiles:
            raise Cancelled

    return on_progress


@pytest.mark.parametrize("n_tiles", [1, 6, 20, 35])
def test_an_interrupted_run_resumes_to_the_same_bytes_and_repeats_no_finished_block(
    make_target: Make, run: Make, network: Make, n_tiles: int
) -> None:
    reference = run(make_target(network()), "reference")
    reference.go()
    job = run(make_target(network()), "job")
    with pytest.raises(Cancelled):
        job.go(cancel_after(n_tiles))
    ledger = job.ledger()
    # Blocks of 64 px hold 4, 4, 4, 2 tiles in the first two rows and 2, 2, 2, 1 in the last; the last block that was
    # handed to the writer is finished too.
    ends = np.cumsum([4, 4, 4, 2, 4, 4, 4, 2, 2, 2, 2, 1])
    assert len(ledger) == np.count_nonzero(ends <= n_tiles)
    n_known = int(max(ends[ends <= n_tiles], default=0))
    resumed = run(make_target(network()), "job")
    begun: list[int] = []
    tally = resumed.go(lambda done, total: begun.append(done))
    assert resumed.files() == reference.files()
    assert resumed.target.networks[0].n_seen == 35 - n_known
    assert begun[0] == n_known
    assert tally.done == 35


def test_cancelling_leaves_no_thread_behind(make_target: Make, run: Make, network: Make) -> None:
    before = set(threading.enumerate())
    with pytest.raises(Cancelled) as caught:
        run(make_target(network())).go(cancel_after(5))
    # The error keeps its traceback, and with it every frame, alive; the threads must not be.
    assert caught.value.__traceback__ is not None
    left = [t.name for t in threading.enumerate() if t not in before and t.is_alive()]
    assert not [name for name in left if name.startswith(("read", "write"))]


def test_a_finished_run_predicts_nothing_when_repeated(
    make_target: Make, run: Make, network: Make
) -> None:
    first = run(make_target(network()))
    tally, files = first.go(), first.files()
    again = run(make_target(network()))
    assert again.go() == tally
    assert again.files() == files
    assert again.target.networks[0].n_seen == 0
    assert again.target.slide.reads == []


@pytest.mark.parametrize(
    ("damage", "shard"),
    [
        ("gone", "0/0"),
        ("empty", "1/2"),
        ("cut", "0/0"),
        ("index", "1/2"),
        ("index", "2/3"),
        ("pixel", "0/0"),
    ],
)
def test_a_stored_block_that_changed_is_made_again_and_no_other(
    make_target: Make, run: Make, network: Make, shard: str, damage: str
) -> None:
    first = run(make_target(network()))
    first.go()
    files = first.files()
    (path,) = first.root.joinpath("analysis.zarr").rglob(f"c/{shard}")
    content = bytearray(path.read_bytes())
    if damage == "gone":
        path.unlink()
    elif damage == "pixel":
        pixels = first.map()
        row, column = (int(part) for part in shard.split("/"))
        box = Box(row * 64, column * 64, 64, 64).intersect(first.output().size.box())
        pixels[box.top, box.left] ^= 1
        first.output().write(box, pixels[box.slices])
    else:
        content[-10] ^= 255
        path.write_bytes(
            {"empty": b"", "cut": bytes(content[:50]), "index": bytes(content)}[damage]
        )
    again = run(make_target(network()))
    again.go()
    assert again.files() == files
    assert again.target.networks[0].n_seen == {"0/0": 4, "1/2": 4, "2/3": 1}[shard]


def test_a_class_that_an_earlier_run_did_not_ask_for_is_predicted(
    make_target: Make, run: Make, network: Make, constant: Make
) -> None:
    run(make_target(network())).go()
    job = run(make_target(network(), network(constant(0.5), "tumour")))
    job.go()
    assert (job.map("tumour") == round(255 / (1 + np.exp(-0.5)))).all()


def test_only_the_damaged_piece_is_lost(
    picture: np.ndarray, make_target: Make, run: Make, network: Make, monkeypatch: Any
) -> None:
    monkeypatch.setattr("pathoflow.inference.pixels._SALVAGE_PX", 16)
    # One pixel cannot be decoded; with it goes the 16 x 16 piece around it, rows 80 to 95, columns 112 to 127.
    job = run(make_target(network(), damaged=(Box(90, 120, 1, 1),)))
    tally = job.go()
    piece = Box(80, 112, 16, 16)
    found, expected = job.map().astype(int), whole_answer(picture)
    lost = np.zeros(picture.shape[:2], bool)
    lost[piece.slices] = True
    assert (found[lost] == 0).all(), "the white in place of missing pixels is no lumen"
    # Beyond the network's reach nothing changes.
    far = np.ones_like(lost)
    far[piece.grow(7).slices] = False
    assert np.abs(found - expected)[far].max() <= 1
    # The piece lies in the tile of rows 64 to 95 and columns 96 to 127, and in the halos (16 px) of the three right of it,
    # below it and in between: four tiles saw a gap, but its pixels are counted once.
    assert tally.unreadable_px == 256
    assert tally.unreadable_share == pytest.approx(256 / (150 * 203))
    assert (tally.done, tally.failed) == (35, 4)


def test_a_damaged_tile_counts_the_same_after_resuming(
    make_target: Make, run: Make, network: Make
) -> None:
    damaged = (Box(90, 120, 1, 1),)
    job = run(make_target(network(), damaged=damaged))
    with pytest.raises(Cancelled):
        job.go(cancel_after(28))
    resumed = run(make_target(network(), damaged=damaged)).go()
    fresh = run(make_target(network(), damaged=damaged), "fresh").go()
    assert resumed == fresh
    assert fresh.unreadable_px > 0


def test_a_slide_that_cannot_be_read_at_all_is_lost_whole(
    make_target: Make, run: Make, network: Make
) -> None:
    job = run(make_target(network(), damaged=(Box(0, 0, 150, 203),)))
    tally = job.go()
    assert (tally.failed, tally.unreadable_px, tally.unreadable_share) == (35, 150 * 203, 1.0)
    assert not job.map().any()


def test_other_errors_of_a_reader_are_not_swallowed(
    make_target: Make, run: Make, network: Make, monkeypatch: Any
) -> None:
    target = make_target(network())

    def read(box: Box, mpp: float) -> np.ndarray:
        raise MemoryError("no room")

    monkeypatch.setattr(target.slide, "read", read)
    with pytest.raises(MemoryError, match="no room"):
        run(target).go()


def test_a_failing_write_stops_the_run(
    make_target: Make, run: Make, network: Make, monkeypatch: Any
) -> None:
    job = run(make_target(network()))
    monkeypatch.setattr("pathoflow.inference.Ledger.record", _full_disk)
    with pytest.raises(OSError, match="disk is full"):
        job.go()
    # The second block's end finds it out: the network did not go on to the last tile.
    assert job.target.networks[0].n_seen <= 12


def _full_disk(*_: object) -> None:
    raise OSError("the disk is full")


def test_the_fake_slide_refuses_as_a_reader_does(make_target: Make, network: Make) -> None:
    with pytest.raises(TileUnreadable):
        make_target(network(), damaged=(Box(0, 0, 1, 1),)).slide.read(Box(0, 0, 2, 2), mpp=2.0)
