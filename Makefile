# GrizzlyDB: what one does with this tree. Everything is built by CMake; this file only names the roads.
#
#   make serve         build, then run a server on 127.0.0.1:5432 over ./grizzly-data
#   make build         build/release/grizzlyd
#   make test          everything: lint, unit, SQL, isolation, crash, driver and speed checks
#   make check         lint and the fast tests, about a minute once built
#   make oracle        the SQL and isolation tests against a private PostgreSQL 15
#   make sanitize      unit and SQL tests under ASan+UBSan, then under TSan
#   make bench         pgbench against PostgreSQL 15 on the same disk
#   make docker-check  build the image with buildah, run it, connect with psql

SHELL := /bin/bash
PRESET ?= release
BUILD := build/$(PRESET)
JOBS ?= $(shell nproc)
DATA ?= ./grizzly-data
PORT ?= 5432
CTEST := ctest --test-dir $(BUILD) --output-on-failure

.PHONY: serve build all dependencies configure test check oracle sanitize bench docker-check clean

serve: build
	@tools/serve $(BUILD)/grizzlyd $(DATA) $(PORT)

build: configure
	cmake --build $(BUILD) -j $(JOBS) --target grizzlyd

all: configure
	cmake --build $(BUILD) -j $(JOBS)

dependencies:
	@tools/install_dependencies.sh

configure: dependencies
	@mkdir -p build && cmake --preset $(PRESET) >build/configure_$(PRESET).log 2>&1 \
	  || { cat build/configure_$(PRESET).log; exit 1; }

# Tests that start servers or measure run one after the other; the rest share the cores.
test: all
	$(CTEST) -j $(JOBS)

check: all
	$(CTEST) -j $(JOBS) -L fast

oracle: all
	$(BUILD)/sql_runner --oracle postgres15 tests/sql
	$(BUILD)/isolation_runner --oracle postgres15

sanitize:
	$(MAKE) all PRESET=asan
	ctest --test-dir build/asan --output-on-failure -j $(JOBS) -L 'fast|sql' -E '^lint'
	$(MAKE) all PRESET=tsan
	TSAN_OPTIONS='ignore_noninstrumented_modules=1 suppressions=$(CURDIR)/tests/support/tsan.supp' ctest --test-dir build/tsan --output-on-failure -j $(JOBS) -L 'fast|sql' -E '^lint'

bench: build
	benchmarks/pgbench_vs_postgres --grizzlyd $(BUILD)/grizzlyd $(BENCH_OPTIONS)

docker-check:
	@tools/install_dependencies.sh docker
	docker/check

clean:
	rm -rf build
