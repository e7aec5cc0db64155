# On a fresh Debian 12: python3 with venv, make and git are enough. `make help` lists what there is.
.PHONY: help up test static quick faults bench eval lock format clean
.DEFAULT_GOAL := help
MILO := .venv/bin/milo
PYTEST := .venv/bin/python -m pytest

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

up: ## install and start everything; ARGS="--port 8001 --no-sample" are passed on
	@sh .ci/install.sh runtime
	@exec setpriv --pdeathsig TERM $(MILO) up $(ARGS)

test: dev chromium ## every test and check; all run, so that one run names all that is wrong
	@failed=0; \
	sh .ci/static.sh || failed=1; \
	$(PYTEST) -q -n 2 --dist loadfile --ignore tests/browser --ignore tests/faults || failed=1; \
	$(PYTEST) -q -n 2 --dist loadfile tests/browser || failed=1; \
	$(PYTEST) -q -n 2 --dist loadfile tests/faults || failed=1; \
	exit $$failed

static: dev ## style, types and layers only
	@sh .ci/static.sh

quick: dev ## the tests that need no database
	$(PYTEST) -q tests/unit tests/static

faults: dev ## kills at random moments; ARGS="--kills 100"
	$(PYTEST) -q -s tests/faults $(ARGS)

bench: dev ## measure; writes docs/benchmarks.md
	@sh .ci/install-bench.sh
	@.venv/bin/python -m tests.bench.run $(ARGS)

eval: dev ## measure what answers promise; fails when a goal is not held; ARGS="--only quoting"
	@.venv/bin/python -m tests.eval $(ARGS)

format: dev ## put the code into shape
	.venv/bin/ruff check --fix --quiet .
	.venv/bin/ruff format --quiet .

lock: dev ## make the lock files anew from pyproject.toml and package.json
	.make/boot/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml -o requirements.lock
	.make/boot/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		--group dev pyproject.toml -c requirements.lock -o requirements-dev.lock
	echo scrapy | .make/boot/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 - -o requirements-bench.lock
	echo uv | .make/boot/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 - -o requirements-bootstrap.lock
	sh .ci/node.sh lock

clean: ## remove what was installed, not the data
	rm -rf .venv .make node_modules

.PHONY: dev chromium
dev:
	@sh .ci/install.sh dev
	@sh .ci/node.sh install
chromium:
	@sh .ci/chromium.sh
