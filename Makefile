# tellonce: two commands do all the set-up.
#   make demo    the main job, on the embedded broker and database
#   make test    everything, against a real Kafka broker and PostgreSQL
#   make check   the quick loop
#   make bench   speed, as ratios measured in one run

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GOLANGCI_VERSION := v2.15.0
TOOLS  := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/tellonce/tools
LINT   := $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)
BIN    := bin/tellonce
DIR    ?= .tellonce
GO     ?= go

.PHONY: help demo serve test check bench build lint fmt servers-installed database-installed

help:
	@sed -n 's/^#   //p' Makefile

build:
	@mkdir -p bin
	@$(GO) build -o $(BIN) ./cmd/tellonce

demo: database-installed build
	@$(BIN) demo --dir $(DIR)

# The quick loop: the embedded broker and database, no race detector.
check: database-installed
	@test -z "$$(gofmt -l cmd domain projections schema migrations deploy internal)" || { gofmt -l cmd domain projections schema migrations deploy internal; exit 1; }
	@$(GO) vet ./...
	@$(GO) test -short ./...

# Everything: the linter, then every test with the race detector against a real
# Kafka broker and a real PostgreSQL, started once and stopped at the end.
test: servers-installed lint
	@$(GO) run ./internal/embedded/testservers -- $(GO) test -race -count=1 -p 2 -timeout 15m ./...

bench: servers-installed build
	@$(GO) run ./internal/embedded/testservers -durable -- $(GO) run ./internal/bench

lint: $(LINT)
	@$(LINT) run ./...

fmt: $(LINT)
	@$(LINT) fmt ./...

$(LINT):
	@echo "building golangci-lint $(GOLANGCI_VERSION) (once)"
	@mkdir -p $(TOOLS)
	@GOBIN=$(TOOLS) GOFLAGS= $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv $(TOOLS)/golangci-lint $@

# What a fresh Debian machine with Go lacks.
database-installed:
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || deploy/install-debian.sh postgresql

servers-installed:
	@deploy/install-debian.sh gcc postgresql openjdk-17-jre-headless maven
