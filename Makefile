# SPDX-License-Identifier: MIT
# A thin front: CMake does the building (CMakePresets.json), scripts/ what takes more than a line.
#
# CMAKE_FLAGS goes to every configuration: make demo example CMAKE_FLAGS=-DFREERTOS_KERNEL_PATH=/my/kernel

export CMAKE_FLAGS ?=
PROJECT ?= examples/esp_idf/heap_task_tracking_basic
CHIP ?=
OPS ?= 10000000
SECONDS ?= 60

.PHONY: help setup build demo deb sim menuconfig firmware test check soak fuzz mutants coverage bench bench-check format tidy clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: ## Install what building and checking need (Debian 12, as root)
	@scripts/setup.sh build check firmware

build: ## Build the libraries, the examples and, if cmocka is there, the tests
	@scripts/setup.sh build
	@cmake --preset host $(CMAKE_FLAGS)
	@cmake --build --preset host

demo: ## Record an hour of a simulated gateway that leaks, and write its report
	@scripts/setup.sh build >&2
	@cmake --preset host $(CMAKE_FLAGS) >&2
	@cmake --build --preset host --target night_shift heapledger_command >&2
	@build/bin/heapledger record --force -o build/night_shift.log -- build/bin/night_shift $(or $(ARGS),--seed 7)
	@build/bin/heapledger report --force -o build/night_shift.html build/night_shift.log

example: ## Run the real FreeRTOS kernel with a task that leaks and one that does not
	@scripts/setup.sh build >&2
	@cmake --preset host $(CMAKE_FLAGS) >&2
	@cmake --build --preset host --target heap_task_tracking >&2
	@build/bin/heap_task_tracking $(ARGS)

sim: ## Run an ESP-IDF project on the computer: make sim PROJECT=path CHIP=esp32c3 ARGS="--seed 7"
	@scripts/setup.sh build esp_idf >&2
	@python3 -B compat/esp_idf/sim.py --project "$(PROJECT)" --chip "$(CHIP)" -- $(ARGS)

menuconfig: ## Choose the options of an ESP-IDF project: make menuconfig PROJECT=path CHIP=esp32c3
	@scripts/setup.sh build esp_idf >&2
	@python3 -B compat/esp_idf/kconfig.py menu --project "$(PROJECT)" --target "$(CHIP)"

deb: ## Make a Debian package of the heapledger command, in build/
	@scripts/setup.sh build
	@cmake --preset host $(CMAKE_FLAGS)
	@cmake --build --preset host --target heapledger_command heapledger_pages
	@cd build && cpack

firmware: ## Run the examples on emulated RISC-V and Cortex-M3, and the core's tests on Xtensa
	@scripts/setup.sh build firmware >&2
	@scripts/firmware.sh

test: ## Run the tests of the gcc build
	@scripts/setup.sh build check
	@scripts/check.sh host

check: ## Run everything: all compilers, targets, sanitizers, lints, coverage, a minute of fuzzing
	@scripts/setup.sh build check firmware
	@scripts/check.sh

soak: ## Run the model test for OPS random operations: make soak OPS=100000000
	@scripts/setup.sh build check
	@OPS=$(OPS) scripts/check.sh soak

fuzz: ## Fuzz for SECONDS, starting from the committed corpus
	@scripts/setup.sh build check
	@FUZZ_SECONDS=$(SECONDS) scripts/check.sh fuzz fuzz-host

mutants: ## Break the core on purpose, place by place, and see that the tests notice it
	@scripts/setup.sh build check
	@scripts/mutants.py

coverage: ## Show line and branch coverage of src/ and port/
	@scripts/setup.sh build check
	@scripts/check.sh coverage

bench: ## Measure what heapledger and its peers cost; writes docs/performance.md
	@scripts/setup.sh build firmware
	@python3 bench/bench.py

bench-check: ## Compare heapledger's figures with bench/budget.json
	@scripts/setup.sh build firmware
	@python3 bench/bench.py --check

format: ## Format all C files in place
	@scripts/check.sh format-fix

tidy: ## Run clang-tidy
	@scripts/setup.sh build check
	@scripts/check.sh tidy

clean: ## Remove build/
	@rm -rf build
