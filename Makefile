GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)

# SQLite is C that was translated to Go. Whoever watches each of its loads and
# stores for races doubles the time the tests take and learns nothing of ours.
UNWATCHED = -gcflags='modernc.org/...=-race=false -d=checkptr=0'

.DEFAULT_GOAL := help
.PHONY: help run build test lint bench examples

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## serve on 127.0.0.1:8081, with the data in muster.db
	bin/muster serve

build: ## build bin/muster, one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/muster ./cmd/muster

# Vetting is for lint.
test: ## run every test, on SQLite and on Postgres (MUSTER_TEST_POSTGRES, or a private one)
	$(GO) run ./store/postgres/pgtest/with $(GO) test -race -vet=off $(UNWATCHED) ./...

lint: ## check format, vet, staticcheck and go.mod
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt would change:" $$unformatted; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) mod tidy -diff

bench: ## measure the quick paths beside their baselines, and containment (HISTORIES=FILE for real schemas too)
	$(GO) run ./store/postgres/pgtest/with $(GO) run ./cmd/muster/bench $(if $(HISTORIES),-histories $(HISTORIES))

examples: build ## test client/examples against the real brokers, which have to be installed
	client/examples/test.sh
