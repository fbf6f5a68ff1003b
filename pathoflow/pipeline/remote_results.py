"""The result folder of one slide and its likeness in a store, kept alike while the analysis goes on.

What is there is fetched first, so an interrupted analysis goes on where it stopped. What is new is sent every few
seconds, so a killed process loses no more than that. The report is the mark of a finished result: it is the first thing
to go when a slide is analysed anew, and the last to come.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pathoflow.errors import EnvironmentFault
from pathoflow.pipeline.remote_place import RemotePlace
from pathoflow.store import ResultFolder

#: Seconds between two looks at what is new.
PUSH_EVERY_S = 15.0

# Size and time of last change, in bytes and nanoseconds.
_Stamp = tuple[int, int]


class Mirror:
    """The folder of a slide here, and the one in the store.

    Parameters
    ----------
    place
        The folder in the store, which need not exist.
    folder
        The folder here, with nothing in it but what was fetched from ``place``.
    """

    def __init__(self, place: RemotePlace, folder: ResultFolder) -> None:
        self._place, self._folder = place, folder
        #: Names in the store, and what was here when each was last alike.
        self._there = set(place.files())
        self._alike: dict[str, _Stamp] = {}
        self._lock = threading.Lock()

    def fetch_answer(self) -> None:
        """Fetch all but the maps; in place of these stands an empty folder.

        Raises
        ------
        StoreFault
            The store does not give it.
        """
        self._fetch({name for name in self._there if not self._is_map(name)})
        if any(self._is_map(name) for name in self._there):
            self._folder.analysis.mkdir(parents=True, exist_ok=True)

    def fetch_maps(self) -> None:
        """Fetch the maps, from which an interrupted analysis goes on; errors of `fetch_answer`."""
        self._fetch({name for name in self._there if self._is_map(name)})

    def push(self) -> None:
        """Make the store's folder like the one here; where there is none here, it stays as it is.

        Raises
        ------
        StoreFault
            The store does not take it.
        """
        if not self._folder.path.is_dir():
            return
        with self._lock:
            # What the ledger names must be in the store before it, so its text is older than the list of files.
            ledgers = {
                f"ledger/{path.name}": path.read_bytes()
                for path in self._folder.ledger.glob("[!.]*")
            }
            here = self._here()
            new = [name for name, stamp in here.items() if self._alike.get(name) != stamp]
            gone = self._there - here.keys()
            if not new and not gone:
                return
            mark = self._folder.report_html.name
            self._remove({mark} & self._there)
            self._remove(gone - {mark})
            last = [name for name in (self._folder.result_json.name, mark) if name in here]
            self._send([name for name in new if name not in last and name not in ledgers], here)
            for name in ledgers.keys() & set(new):
                self._place.write(name, ledgers[name])
                self._note(name, here)
            for name in last:
                if name in new or name == mark:
                    self._send([name], here)

    @contextmanager
    def kept_up(self) -> Iterator[None]:
        """Push from time to time, and at the end, also if that is an error.

        Raises
        ------
        StoreFault
            The store does not take what is there at the end. In between a store may be away for a moment.
        """
        stop = threading.Event()
        pushing = threading.Thread(target=self._push_until, args=(stop,), name="push", daemon=True)
        pushing.start()
        try:
            yield
        except BaseException:
            with suppress(EnvironmentFault):  # what ended the analysis is the news
                self.push()
            raise
        else:
            self.push()
        finally:
            stop.set()
            pushing.join()

    def _push_until(self, stop: threading.Event) -> None:
        while not stop.wait(PUSH_EVERY_S):
            with suppress(EnvironmentFault, OSError):  # a file may go while it is read
                self.push()

    def _here(self) -> dict[str, _Stamp]:
        """The files that are whole; hidden ones are this machine's own, such as its lease."""
        found = {}
        for path in self._folder.path.rglob("*"):
            name = path.relative_to(self._folder.path)
            if path.suffix == ".partial" or any(part.startswith(".") for part in name.parts):
                continue
            with suppress(FileNotFoundError):
                if path.is_file():
                    about = path.stat()
                    found[name.as_posix()] = (about.st_size, about.st_mtime_ns)
        return found

    def _is_map(self, name: str) -> bool:
        return name.startswith(f"{self._folder.analysis.name}/")

    def _fetch(self, names: set[str]) -> None:
        self._place.fetch(sorted(names), self._folder.path)
        here = self._here()
        self._alike.update({name: here[name] for name in names & here.keys()})

    def _send(self, names: list[str], here: dict[str, _Stamp]) -> None:
        self._place.send(names, self._folder.path)
        for name in names:
            self._note(name, here)

    def _note(self, name: str, here: dict[str, _Stamp]) -> None:
        self._there.add(name)
        self._alike[name] = here[name]

    def _remove(self, names: set[str]) -> None:
        self._place.remove(sorted(names))
        self._there -= names
        for name in names:
            self._alike.pop(name, None)
