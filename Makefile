# Every target makes .venv itself if it is missing. ARGS='...' is passed on to the program.
SHELL := /bin/bash
ENV := . scripts/env.sh &&
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint train evaluate fuzz soak clean

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

train: setup ## train a prompt from nothing on all data, into runs/general; hours without a GPU
	@$(ENV) .venv/bin/synthesize --output runs/made --robots 30
	@$(ENV) .venv/bin/train --output runs/general --data data/general_train.jsonl \
		data/porter_train.jsonl runs/made/data.jsonl --kind deep --learning-rate 0.03 \
		--epochs 1 --batch-size 4 --accumulate 2 --held-out 0.015 --evaluations 3 \
		--patience 0 $(ARGS)

evaluate: setup ## score the shipped prompt on sentences it was not trained on
	@$(ENV) .venv/bin/evaluate $(ARGS)

fuzz: setup ## feed a million inputs to codec and policy; guided by coverage where atheris can be had
	@.venv/bin/python -c 'import atheris' 2> /dev/null || .venv/bin/python -m pip install --quiet \
		--disable-pip-version-check --only-binary=:all: --constraint constraints.txt atheris \
		|| echo 'no atheris for this Python and machine: chance alone leads'
	@$(ENV) .venv/bin/python test/fuzz/run_fuzz.py $(ARGS)

soak: setup ## send 10,000 instructions with a fake generator, 200 with the real one; about 40 minutes
	@$(ENV) .venv/bin/benchmark soak --count 10000 --real 200 --picture runs/soak.png $(ARGS)

clean: ## remove what building and testing left; keep .venv, runs/ and fetched models
	rm -rf build install log *.egg-info .pytest_cache .mypy_cache .hypothesis
