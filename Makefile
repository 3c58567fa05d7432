# Berth's habits, a target each. `make` alone lists them.
#
#   BERTH_STATE   where the node's and the platform's state lives (default /var/lib/berth)
#   BERTH_CACHE   what a fresh build makes and a second one takes (default ~/.cache/berth)
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help up down clean-data status logs test check fmt bench docs dev
# The recipes are phases of one machine: side by side they would only be in each other's way.
.NOTPARALLEL:

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

up: ## install, build, start the platform and host the example customer (KUBECONFIG=, REGISTRY=, PUBLIC_IP=, SEVERAL=1)
	@cluster/up.sh

down: ## end the platform and leave no trace of it but its data
	@cluster/down.sh

clean-data: ## end the platform and delete its data too (caches stay)
	@cluster/down.sh --data

status: ## what runs: the node's parts and the pods
	@cluster/node.sh status

logs: ## follow the log of a part of the node: make logs C=kubelet; without C the list of logs
	@cluster/node.sh logs $(C)

dev: ## rebuild berthd and put it into the running platform
	@cluster/dev.sh

check: ## the quick part of the tests: build, unit tests, style, layers, manifests, API, docs
	@tests/run.py check

test: ## everything: check, then real servers, then the platform with real clients
	@tests/run.py check component up e2e panel kills node

bench: ## measure; one JSON line a figure
	@bench/run.py

fmt: ## lay out all C
	@tests/tools.sh clang-format -i $$(git ls-files -co --exclude-standard '*.c' '*.h')

docs: ## write the documents that programs write
	@tests/docs.sh
