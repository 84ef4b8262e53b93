# Every target makes .venv itself if it is missing. ARGS='...' is passed on to the program.
SHELL := /bin/bash
ENV := . scripts/env.sh &&
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint train evaluate clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

setup: ## make .venv with everything in it (quick when it is there)
	@bash scripts/setup_venv.sh

demo: setup ## fetch the model, start node and simulated robot, send some sentences
	@$(ENV) .venv/bin/demo $(ARGS)

test: setup ## build with colcon and run every test, linters included
	@bash scripts/run_tests.sh

lint: setup ## flake8, pep257, mypy, copyright, manifest, import direction
	@$(ENV) .venv/bin/python -m pytest test/lint --quiet -rs

train: setup ## train the shipped prompt again, into runs/general
	@$(ENV) .venv/bin/synthesize --output runs/made --robots 30
	@$(ENV) .venv/bin/train --output runs/general --data data/general_train.jsonl \
		data/porter_train.jsonl runs/made/data.jsonl --kind deep --learning-rate 0.03 \
		--epochs 1 --batch-size 4 --accumulate 2 --held-out 0.015 --evaluations 3 \
		--patience 0 $(ARGS)

evaluate: setup ## score the shipped prompt on sentences it was not trained on
	@$(ENV) .venv/bin/evaluate $(ARGS)

clean: ## remove what building and testing left; keep .venv, runs/ and fetched models
	rm -rf build install log *.egg-info .pytest_cache .mypy_cache .hypothesis
