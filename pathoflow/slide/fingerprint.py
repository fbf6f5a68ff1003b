"""A slide's files to one SHA-256: what proves later that the pixels are still those that were analysed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

_CHUNK_BYTES = 1 << 22


def sha256_of(path: Path) -> str:
    """Hash of everything that belongs to the slide at ``path``, in hexadecimal.

    A slide of one file has the hash that ``sha256sum`` prints. Where the pixels lie in further files (the folder beside
    an MRXS file, the chunks of an OME-Zarr folder) these follow in the order of their names, each after its name and
    length, so that no two sets of files run into the same bytes.
    """
    digest = hashlib.sha256()
    if path.is_file():
        _add(digest, path)
    for folder, file in _further_files(path):
        digest.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
        _add(digest, file)
    return digest.hexdigest()


def _further_files(path: Path) -> Iterator[tuple[Path, Path]]:
    """Folder and file of what belongs to the slide besides ``path`` itself, in the order of names."""
    folder = path.with_suffix("") if path.suffix.lower() == ".mrxs" else path
    if folder.is_dir():
        for file in sorted(folder.rglob("*"), key=lambda f: f.relative_to(folder).as_posix()):
            if file.is_file():
                yield folder, file


def _add(digest: hashlib._Hash, path: Path) -> None:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
