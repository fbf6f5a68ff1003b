"""Install pathoflow into the environment of the Python that runs this file.

    .venv/bin/python .ci/install.py              the core
    .venv/bin/python .ci/install.py gui dev      the core and two extras

uv does the work because it is an order of magnitude quicker than pip, and pip takes over should uv fail. uv does not
read pip's configuration, so the settings that say where packages come from are handed over: a laboratory with a mirror
or a folder of wheels configures pip once, and both follow it.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]

#: pip's setting -> uv's variable, and what separates several values there.
HANDED_OVER = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "no-index": ("UV_NO_INDEX", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "proxy": ("HTTPS_PROXY", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
}
#: Variables a user may have set that mean the same; then pip's setting stays out of the way.
SAME_MEANING = {
    "UV_DEFAULT_INDEX": ("UV_INDEX_URL",),
    "UV_INDEX": ("UV_EXTRA_INDEX_URL",),
    "HTTPS_PROXY": ("https_proxy", "ALL_PROXY", "all_proxy"),
}


def pip_settings(listing: str) -> dict[str, str]:
    """Settings in the output of ``pip config list``; the environment wins over [install], and that over [global]."""
    rank = {"global": 0, "install": 1, ":env:": 2}
    found: dict[str, tuple[int, str]] = {}
    for line in listing.splitlines():
        key, equals, value = line.partition("=")
        section, dot, name = key.rpartition(".")
        if not (equals and dot and section in rank):
            continue
        # `pip config` prints ":env:.default-timeout" for PIP_DEFAULT_TIMEOUT, an old name of "timeout".
        name = name.removeprefix("default-") if name == "default-timeout" else name
        if name not in found or rank[section] >= found[name][0]:
            found[name] = (rank[section], str(ast.literal_eval(value)))
    return {name: value for name, (_, value) in found.items()}


def uv_environment(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """``environment`` with pip's ``settings`` in uv's words; what the user set for uv stays as it is."""
    result = dict(environment)
    for name, (variable, separator) in HANDED_OVER.items():
        words = settings.get(name, "").split()
        if words and not any(
            environment.get(v) for v in (variable, *SAME_MEANING.get(variable, ()))
        ):
            result[variable] = separator.join(words)
    # pip takes the best version over all sources; uv's own default is to stop at the first source that has the name.
    result.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return result


def run(command: list[str], environment: Mapping[str, str] | None = None) -> bool:
    """Run ``command`` in the project's folder; True where it succeeds."""
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def add_folders() -> None:
    """Put the folders that hold packages on the path in plain words, so that editors follow imports into them.

    setuptools links several roots through an import hook, which works but which editors do not see.
    """
    folders = [ROOT, ROOT / "plugins", ROOT / "methods"]
    lines = "".join(f"{folder}\n" for folder in folders)
    Path(sysconfig.get_path("purelib"), "pathoflow-folders.pth").write_text(lines, encoding="utf-8")


def remove_leftover() -> None:
    """Remove the build's own copy of the metadata.

    It would be found before the installed one by a Python started in this folder, and it may be older.
    """
    shutil.rmtree(ROOT / "pathoflow.egg-info", ignore_errors=True)


def install(extras: list[str]) -> bool:
    """Install the project, editable, with ``extras``, within the tested versions."""
    target = ["-c", "constraints.txt", "-e", f".[{','.join(extras)}]" if extras else "."]
    listing = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=False)
    environment = uv_environment(pip_settings(listing.stdout), os.environ)
    uv = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable]
    # The version of uv is not part of the tested set: any recent one will do.
    if run([*PIP, "install", "-qq", "uv>=0.5"]) and run([*uv, *target], environment):
        return True
    print(
        "uv could not install the packages (its reason is above); pip tries now and takes minutes.",
        flush=True,
    )
    return run([*PIP, "install", *target])


if __name__ == "__main__":
    print(f"Installing pathoflow {' + '.join(['core', *sys.argv[1:]])} ...", flush=True)
    if not install(sys.argv[1:]):
        sys.exit(
            "The packages could not be installed: see the reason above, and check the network or pip's settings."
        )
    remove_leftover()
    add_folders()
