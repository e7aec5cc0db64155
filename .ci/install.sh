#!/bin/sh
# Puts what the lock files name into .venv: `install.sh runtime` or `install.sh dev`.
# Does nothing when that was done before for the same locks, folder and Python.
set -eu
cd "$(dirname "$0")/.."
want=$1
lock=requirements.lock
[ "$want" = dev ] && lock=requirements-dev.lock
python=${PYTHON:-python3}

fail() {
    echo "$1" >&2
    exit 1
}

version=$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) ||
    fail "Python is missing: install python3 (3.11 or newer) and python3-venv."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python $version is too old: Milo needs 3.11 or newer (set PYTHON=/path/to/python3.11)."

key() {
    { echo "$1 $PWD $version"; cat requirements-bootstrap.lock "$2" pyproject.toml; } | sha256sum | cut -d' ' -f1
}

# What tests need holds all that running needs.
installed=$(cat .venv/.installed 2>/dev/null || true)
[ "$installed" = "$(key dev requirements-dev.lock)" ] && exit 0
[ "$want" = runtime ] && [ "$installed" = "$(key runtime requirements.lock)" ] && exit 0

mkdir -p .make
# Two `make` at once: the second waits and finds it done.
if [ "${MILO_INSTALL_LOCKED:-}" != 1 ]; then
    exec flock .make/lock env MILO_INSTALL_LOCKED=1 "$0" "$want"
fi

[ -w "${HOME:-/nonexistent}" ] || export UV_CACHE_DIR="$PWD/.make/cache" PIP_CACHE_DIR="$PWD/.make/pip-cache"
boot_key=$({ echo "$PWD $version"; cat requirements-bootstrap.lock; } | sha256sum | cut -d' ' -f1)
if [ "$(cat .make/boot/.installed 2>/dev/null || true)" != "$boot_key" ]; then
    echo "Getting the installer (uv) …" >&2
    rm -rf .make/boot
    "$python" -m venv .make/boot ||
        fail "Python's venv module is missing: install python3-venv (Debian: apt-get install python3-venv)."
    .make/boot/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock
    echo "$boot_key" > .make/boot/.installed
fi

rm -f .venv/.installed
# A .venv that was made elsewhere or by another Python is made anew.
place="$PWD $version"
if [ "$(cat .venv/.place 2>/dev/null || true)" != "$place" ]; then
    rm -rf .venv
    "$python" -m venv --without-pip .venv
    echo "$place" > .venv/.place
fi
echo "Installing from $lock …" >&2
uv=.make/boot/bin/uv
$uv pip sync --quiet --require-hashes --python .venv/bin/python "$lock"
# The build tools are pinned too, so nothing is fetched here.
$uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --no-index --editable .
# Bytecode of what a start imports, 1,600 modules of 11,000, made once (3 s): where Python is told to write none, each of
# three processes would make it anew at each start.
env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -c 'import app.asgi, app.cli, app.worker'
key "$want" "$lock" > .venv/.installed
