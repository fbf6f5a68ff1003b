#!/usr/bin/env bash
# Makes one environment per peer, apart from ours and from each other.
#
#     PYTHON=.venv/bin/python benchmarks/peers/install.sh ROOT [tiatoolbox] [lazyslide] [monai] [wsinfer] [trident]
#
# Without names: all that the registry has. TRIDENT is not there (and CC BY-NC-ND): it is installed only where
# TRIDENT_SOURCE names a folder with its source. PYTHON is a Python that has uv; packages come from where pip is
# configured to look, and torch is the same release everywhere. What fails leaves its reason in ROOT/NAME.failed.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=${1:?give the folder that the environments go to}
shift
PYTHON=${PYTHON:-$here/../../.venv/bin/python}
[ -x "$PYTHON" ] || PYTHON=$(command -v python3)
mkdir -p "$root"
root=$(cd "$root" && pwd)

# uv does not read pip's configuration: hand it over as our own installation does.
eval "$("$PYTHON" - "$here/../../.ci/install.py" <<'PY'
import os, runpy, shlex, subprocess, sys
ours = runpy.run_path(sys.argv[1])
listing = subprocess.run([*ours["PIP"], "config", "list"], capture_output=True, text=True).stdout
for name, value in ours["uv_environment"](ours["pip_settings"](listing), {}).items():
    print(f"export {name}=${{{name}:-{shlex.quote(value)}}}" if name not in os.environ else "")
PY
)"

status=0
peers=("$@")
[ $# -gt 0 ] || peers=(tiatoolbox lazyslide monai wsinfer)
for peer in "${peers[@]}"; do
    [ -e "$root/$peer/.installed" ] && continue
    [ -f "$here/environments/$peer.txt" ] || { echo "no peer is called $peer" >&2; exit 2; }
    source=()
    if [ "$peer" = trident ]; then
        [ -d "${TRIDENT_SOURCE:-}" ] || { echo "trident: set TRIDENT_SOURCE to a folder with its source" >&2; status=1; continue; }
        source=("$TRIDENT_SOURCE")
    fi
    overrides=()
    [ -f "$here/environments/$peer.overrides.txt" ] && overrides=(--override "$here/environments/$peer.overrides.txt")
    log=$root/$peer.log
    # Links into uv's cache, so that torch lies on the disk once; compiled now, so that no run pays for it.
    if "$PYTHON" -m uv venv -q --clear --python "$PYTHON" "$root/$peer" >"$log" 2>&1 &&
        "$PYTHON" -m uv pip install --compile-bytecode --python "$root/$peer/bin/python" "${overrides[@]}" \
            -r "$here/environments/$peer.txt" "${source[@]}" >>"$log" 2>&1; then
        touch "$root/$peer/.installed"
        rm -f "$root/$peer.failed"
        echo "$peer: installed"
    else
        grep -m1 -iE 'error|failed' "$log" >"$root/$peer.failed" || echo "see $log" >"$root/$peer.failed"
        echo "$peer: not installed: $(cat "$root/$peer.failed")" >&2
        status=1
    fi
done
exit $status
