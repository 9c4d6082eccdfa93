# Every target begins by setting this checkout up, which takes a moment when nothing has changed.
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: setup run test check lint types infra e2e bench docs deploy help

setup: ## Prepare this checkout: Python, Node and the locked packages
	@./scripts/setup

run: setup ## Start the whole network on this machine; Ctrl-C stops it
	@exec psmn up

test: setup ## Run every test
	@pytest -n auto tests/unit tests/integration tests/conventions
	@pytest -n auto tests/infra
	@pytest tests/e2e

check: lint types test ## Run everything that must pass before a merge

lint: setup ## Check style, and who may import whom
	@ruff check
	@ruff format --check
	@lint-imports

types: setup ## Check types
	@mypy

infra: setup ## Test the bundle and the CloudFormation template
	@pytest tests/infra

e2e: setup ## Test whole journeys on a local cloud, with a browser
	@pytest tests/e2e

bench: setup ## Measure starts, pages, the search and the rest, against their budgets
	@uv sync --frozen --quiet --inexact --group bench
	@python -m bench

docs: setup ## Make the pages under docs/ that are made from the code
	@python -m cli.docs

deploy: setup ## Deploy a stage of psmn.toml: make deploy STAGE=production
	@psmn deploy --stage $(or $(STAGE),$(error Say which stage: make deploy STAGE=production))

help: ## List the targets
	@sed -n 's/^\([a-z0-9]*\):.*## /\1 /p' Makefile | while read -r target words; do printf '  make %-8s %s\n' "$$target" "$$words"; done
