#!/bin/sh
# Puts what measurements are compared with into .make/bench, apart from the product's own environment.
set -eu
cd "$(dirname "$0")/.."
key=$(cat requirements-bench.lock | sha256sum)
[ "$(cat .make/bench/.installed 2>/dev/null || true)" = "$key" ] && exit 0
rm -rf .make/bench
"${PYTHON:-python3}" -m venv --without-pip .make/bench
.make/boot/bin/uv pip sync --quiet --require-hashes --python .make/bench/bin/python requirements-bench.lock
echo "$key" > .make/bench/.installed
