#!/bin/sh
# Every check that runs nothing: style, types, layers. All are tried, so that one run names all that is wrong.
set -u
cd "$(dirname "$0")/.."
failed=0
check() {
    echo "— $*" >&2
    "$@" || failed=1
}
check .venv/bin/ruff check --quiet .
check .venv/bin/ruff format --check --output-format concise .
check .venv/bin/lint-imports --no-cache
check sh .ci/node.sh run node_modules/pyright/index.js --pythonpath .venv/bin/python
check sh .ci/node.sh run node_modules/pyright/index.js --pythonpath .venv/bin/python --project tests
if [ -f widget/tsconfig.json ]; then
    check sh .ci/node.sh run node_modules/typescript/bin/tsc --project widget/tsconfig.json
fi
exit $failed
