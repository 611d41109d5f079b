# The only door: `make help` lists every target.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
PATHS := libs services deploy tools tests benchmarks training clients gen/generate.py
TEST_WORKERS ?= 2

export PATH := $(CURDIR)/$(BIN):$(PATH)
# gRPC's core reports every closed connection of a test on standard error.
export GRPC_VERBOSITY := ERROR

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

.PHONY: run
run: setup models web ## Start the whole platform and print its address; Ctrl-C stops it
	@deploy/local/open3d.sh --optional
	@deploy/local/drawing.sh --optional
	@exec $(BIN)/python -m deploy.local

.PHONY: test
# As every service runs: the pools of BLAS would only wait for each other, and cost twice the processor.
test: export OMP_NUM_THREADS := 1
test: export OPENBLAS_NUM_THREADS := 1
test: setup models web client-ts chromium open3d drawing triton prometheus redis kubectl .tools/custom-resources/.ready ## Set up and pass all tests
	@npm --prefix web test --silent
	@npm --prefix clients/typescript test --silent
	@$(BIN)/pytest -n $(TEST_WORKERS) $(PYTEST_ARGS)

.PHONY: check
check: setup web client-ts proto-check k8s-check ## Lint, types, import rules, dependencies, contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(PATHS)
	@$(BIN)/lint-imports
	@$(BIN)/deptry .
	@npm --prefix web run check --silent
	@$(BIN)/python -m clients.generate --check
	@npm --prefix clients/typescript run check --silent

.PHONY: setup
setup: preflight .venv/.ready ## Create the environment with the pinned dependencies

.PHONY: preflight
preflight:
	@$(PYTHON) deploy/local/preflight.py

.venv/.ready: requirements/dev.lock pyproject.toml
	@echo "Setting up the environment (about a minute) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@# The lock names everything; resolving again would trip over each new release of a package that is asked for with an extra.
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: models
models: setup ## Prepare the trained models: convert the vision networks, verify all against their manifests
	@$(BIN)/python -m deploy.models

.PHONY: web
web: web/dist/.ready ## Build the web page

web/node_modules/.ready: web/package-lock.json | preflight
	@echo "Installing the web page's dependencies ..."
	@npm --prefix web ci --no-audit --no-fund --loglevel=error
	@touch $@

# What the build reads; paraglide's output is written by the build itself.
WEB_SOURCES := $(shell find web/src web/public web/messages -path web/src/paraglide -prune -o -type f -print) \
  web/index.html web/package.json web/vite.config.ts web/tsconfig.json web/project.inlang/settings.json \
  clients/typescript/src/events.ts

web/dist/.ready: web/node_modules/.ready $(WEB_SOURCES)
	@npm --prefix web run build --silent -- --logLevel warn
	@touch $@

.PHONY: clients
clients: setup clients/typescript/node_modules/.ready ## Write what the clients have from the gateway's OpenAPI document
	@$(BIN)/python -m clients.generate
	@npm --prefix clients/typescript run generate --silent

.PHONY: client-ts
client-ts: clients/typescript/dist/.ready ## Build the TypeScript client

clients/typescript/node_modules/.ready: clients/typescript/package-lock.json | preflight
	@echo "Installing what the TypeScript client is built with ..."
	@npm --prefix clients/typescript ci --no-audit --no-fund --loglevel=error
	@touch $@

clients/typescript/dist/.ready: clients/typescript/node_modules/.ready $(wildcard clients/typescript/src/*.ts clients/typescript/*.json)
	@npm --prefix clients/typescript run build --silent
	@touch $@

.PHONY: proto
proto: setup ## Generate gen/python from protos/
	@$(BIN)/python gen/generate.py

.PHONY: proto-check
proto-check: setup ## Lint the contract, compare it with the last one, prove that gen/python is fresh
	@mkdir -p build
	@$(BIN)/python gen/generate.py --check
	@$(BIN)/python gen/generate.py --image build/contract.binpb
	@$(BIN)/buf lint build/contract.binpb --config protos/buf.yaml --path atelier
	@$(BIN)/buf breaking build/contract.binpb --config protos/buf.yaml --against gen/released.binpb --path atelier

.PHONY: proto-release
proto-release: setup ## Make the contract of now the one that later ones must not break
	@$(BIN)/python gen/generate.py --release gen/released.binpb

.PHONY: kubectl
kubectl: ## Install the kubectl that renders the manifests
	@deploy/local/kubectl.sh

.tools/custom-resources/.ready: deploy/k8s/custom-resources/package-lock.json | preflight
	@echo "Installing the types of the operators' resources ..."
	@mkdir -p $(@D) && cp deploy/k8s/custom-resources/package*.json $(@D)
	@npm --prefix $(@D) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: k8s-check
k8s-check: setup kubectl .tools/custom-resources/.ready ## Render the manifests, validate them for three versions of Kubernetes
	@$(BIN)/python -m deploy.k8s

.PHONY: deploy
deploy: kubectl ## Roll an overlay out on the cluster of kubectl's current context: make deploy OVERLAY=prod-cpu [HOLD=hold]
	@deploy/k8s/roll-out.sh $(OVERLAY) $(HOLD)

.PHONY: chromium
chromium: ## Find Chromium, or install it
	@deploy/local/chromium.sh

.PHONY: open3d
open3d: ## Find the system libraries of Open3D, or install them
	@deploy/local/open3d.sh

.PHONY: drawing
drawing: setup ## Find the driver that draws pictures, or install Mesa
	@deploy/local/drawing.sh

.PHONY: pose-pictures
pose-pictures: setup models drawing ## Draw the pictures of all poses into the store of make run; goes on where it stopped
	@$(BIN)/python -m deploy.pose_pictures

.PHONY: prometheus
prometheus: ## Find Prometheus and its exporter for PostgreSQL, or install them
	@deploy/local/prometheus.sh

.PHONY: redis
redis: ## Find a Redis or Valkey server for the tests, or install it
	@deploy/local/redis.sh

.PHONY: triton
triton: setup ## Install the tritonserver that the tests talk to
	@$(BIN)/python -m deploy.triton

.PHONY: images
images: setup models ## Build every image without a container engine, start and use them all; wants root, see docs/images.md
	@$(BIN)/python -m deploy.docker build

.PHONY: sbom
sbom: setup ## Write the built images' bills of materials to build/sbom
	@$(BIN)/python -m deploy.docker sbom

.PHONY: compose-secrets
compose-secrets: setup ## Make the passwords and certificates of deploy/compose; passwords that are there stay
	@$(BIN)/python -m deploy.compose

.PHONY: triton-repository
triton-repository: setup models ## Lay out Triton's models in build/triton; DEVICE=cpu for machines without a card
	@$(BIN)/python -m deploy.triton.repository --device $(or $(DEVICE),gpu)

TRAINING := PYTHONPATH=libs:. OMP_NUM_THREADS=1 .venv-training/bin/python -m

.venv-training/.ready: requirements/training.in
	@test -x .venv-training/bin/python || $(PYTHON) -m venv .venv-training
	@.venv-training/bin/pip install --quiet --disable-pip-version-check torch==2.13.0
	@.venv-training/bin/pip install --quiet --disable-pip-version-check -r requirements/training.in
	@touch $@

.PHONY: train
train: .venv-training/.ready ## Rebuild every trained model from public data (about two hours of one core)
	@for step in bake face population bodies shape_space train "train --without gan" "train --without skip" \
	    "train --without tape" evaluate export card; do \
	  echo "training.body.$$step ..."; $(TRAINING) training.body.$$step; done

.PHONY: pose-library
pose-library: setup ## Let the catalogue's library of poses grow, and prove it (up to an hour; goes on where it stopped)
	@$(BIN)/python -m training.poses.settle
	@$(BIN)/python -m training.poses.library
	@$(BIN)/python -m training.poses.proof

.PHONY: train-traits
train-traits: models .venv-training/.ready ## Rebuild the network of face traits from rendered heads (half an hour of one core)
	@for step in traits_data traits_cuts; do $(BIN)/python -m training.face.$$step; done
	@$(TRAINING) training.face.traits

.PHONY: test-training
test-training: setup .venv-training/.ready ## Test the training code; needs torch, which nothing else here does
	@PYTHONPATH=$$(.venv-training/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
	  $(BIN)/python -m pytest -q tests/training $(PYTEST_ARGS)

.oracles/%/.ready: tests/oracles/%.txt
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

.PHONY: oracles
oracles: .oracles/litert/.ready .oracles/mediapipe/.ready ## Record anew what other programs answer: make oracles [PHOTOS=<folder>]
	@.oracles/litert/bin/python -m tests.oracles.tflite.record
	@.oracles/mediapipe/bin/python -m tests.oracles.tflite.record_custom
	@$(if $(PHOTOS),.oracles/mediapipe/bin/python -m tests.oracles.face_mesh.record $(PHOTOS))
	@$(if $(PHOTOS),.oracles/mediapipe/bin/python -m tests.oracles.pose.record $(PHOTOS))

.PHONY: bench
bench: setup models web ## Measure and write the tables in benchmarks/results
	@$(BIN)/python -m benchmarks

.PHONY: faults
faults: setup models web prometheus ## Break the running platform in every way we know, and judge what is left
	@$(BIN)/python -m tests.faults $(FAULTS)

.PHONY: lock
lock: ## Resolve requirements/*.lock from pyproject.toml (needs uv)
	@deploy/lock.sh

.PHONY: clean
clean: ## Remove what the targets above made; keeps the data
	@rm -rf .venv .venv-training .oracles .triton .tools build web/dist web/node_modules clients/typescript/dist \
	  clients/typescript/build clients/typescript/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
