# Everything runs in .venv, which `make setup` builds; each target says in one line what it does.
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup demo check lint types contracts quick test test-long test-peers bench lock setup-label-studio

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## build .venv with everything, from nothing but Python; quick when nothing changed
	@bash scripts/setup.sh

setup-label-studio: | setup ## the server that some tests run, in the user's cache; quick when it is there
	@bash scripts/setup-label-studio.sh

demo: setup ## audit real photographs: a workspace, its masks, and the reviewer's page
	@$(BIN)/mask-audit demo

check: lint types contracts quick ## lint, types, import contracts and the quick tests

lint: | setup ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: | setup ## mypy, strict
	@$(BIN)/mypy

contracts: | setup ## who may import whom
	@$(BIN)/lint-imports --no-logo

quick: | setup ## the tests that need neither a browser, a server nor much time
	@$(PYTEST) -m "not slow and not soak and not browser and not postgresql and not peer and not label_studio"

test: lint types contracts | setup-label-studio ## the linters, and every test except the soaks
	@$(PYTEST) -m "not soak and not peer"

test-long: lint types contracts | setup-label-studio ## the linters, and every test there is
	@$(PYTEST) -m "not peer"

test-peers: | setup ## the same figures by other libraries, in environments of their own
	@for group in peers peers-svy peers-fiftyone; do \
		$(BIN)/uv venv --quiet --clear .venv-$$group && \
		$(BIN)/uv pip install --quiet --python .venv-$$group --group dev --group $$group --editable . && \
		.venv-$$group/bin/python -m pytest -m peer tests/sampling tests/audit/commands/test_export_fiftyone.py || exit; \
	done

bench: setup ## speed and memory, as ratios measured in one run
	@$(BIN)/python -m benchmarks

lock: | setup ## pin every dependency anew, with hashes, ours and those of the Label Studio server
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --all-extras --group dev \
		--custom-compile-command "make lock" pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" tests/label_studio/requirements.in \
		-o tests/label_studio/requirements.lock
