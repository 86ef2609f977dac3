# Every target is a command of deploy/local, which needs nothing but Python 3.11 or newer.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: run test check bench bench-relay bench-peers chaos screenshots compile lock vendor help
OPTIONS ?=

run:  ## everything on this machine: Redis, database, one worker, one gateway, the page
	@$(PYTHON) -m deploy.local run

test:  ## the whole test suite, with what it needs
	@$(PYTHON) -m deploy.local test

check:  ## lint, types and unit tests, for the one who edits
	@$(PYTHON) -m deploy.local check

bench:  ## load on an installation of its own, as figures and a page in data/bench; options: OPTIONS="--help"
	@$(PYTHON) -m deploy.local bench $(OPTIONS)

bench-relay:  ## what the relay alone costs, and how soon it delivers: data/bench/relay.json
	@$(PYTHON) -m deploy.local bench-relay $(OPTIONS)

bench-peers:  ## Parley beside vLLM's own server and vLLM in process, on the same engine: data/bench/peers.json
	@$(PYTHON) -m deploy.local bench-peers $(OPTIONS)

chaos:  ## many streams while everything is killed, cut and slowed at random: STREAMS=800 SEED=… OPTIONS="--help"
	@$(PYTHON) -m deploy.local chaos $(if $(STREAMS),--streams $(STREAMS)) $(if $(SEED),--seed $(SEED)) $(OPTIONS)

screenshots:  ## the pictures of the README, taken anew; of the real small model with OPTIONS=--model
	@$(PYTHON) -m deploy.local screenshots $(OPTIONS)

compile:  ## what a token goes through as compiled code, as `make run` does it by itself; needs a C compiler
	@$(PYTHON) -m deploy.local compile

lock:  ## renew the lock files in requirements/ from pyproject.toml
	@$(PYTHON) -m deploy.local lock

vendor:  ## renew the browser's libraries in static/vendor from what tests/node/package.json pins
	@$(PYTHON) -m deploy.local vendor

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST))
