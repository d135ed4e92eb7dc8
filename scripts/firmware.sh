#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds for the emulated microcontrollers and runs the examples on them: scripts/firmware.sh [TARGET...]
#
# A target is a preset: rv32 rv32imc cm3 lx106; without one, all of them. What a program prints is shown and
# kept in build/firmware/TARGET/PROGRAM.txt. The core's tests take the examples' place where no kernel runs.
# The exit status is that of the first program that failed, 1 when something cannot be built.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

examples=(heap_task_tracking heap_task_tracking_advanced)
read -ra cmake_flags <<<"${CMAKE_FLAGS:-}"
first_status=0
passed=0
results=()

describe() { # target
    case $1 in
        rv32) echo "RISC-V rv32imac, QEMU virt" ;;
        rv32imc) echo "RISC-V rv32imc, QEMU virt" ;;
        cm3) echo "Cortex-M3, QEMU mps2-an385" ;;
        lx106) echo "Xtensa lx106, QEMU sim" ;;
        *) echo "firmware: no target '$1'; there are: rv32 rv32imc cm3 lx106" >&2 && return 2 ;;
    esac
}

heading() { printf '\n================================ %s\n\n' "$*"; }

note() { # status, what
    if (($1 == 0)); then
        passed=$((passed + 1))
        results+=("passed  $2")
    else
        results+=("FAILED  $2 (exit status $1)")
        ((first_status)) || first_status=$1
    fi
}

build() { # target, then what to build of it
    local log=build/firmware/$1/log.build
    mkdir -p "build/firmware/$1"
    cmake --preset "$1" "${cmake_flags[@]}" >"$log" 2>&1 &&
        cmake --build --preset "$1" --target "${@:2}" >>"$log" 2>&1 && return
    cat "$log"
    note 1 "building for $1"
    return 1
}

run_example() { # target, program
    local output=build/firmware/$1/$2.txt status
    heading "$(describe "$1"): $2"
    timeout -s KILL 60 "build/$1/run" "build/$1/bin/$2" | tr -d '\r' | tee "$output"
    status=${PIPESTATUS[0]}
    printf '\n(exit status %d; kept in %s)\n' "$status" "$output"
    note "$status" "$2 on $(describe "$1")"
}

run_core_tests() { # target
    local output=build/firmware/$1/tests.txt status
    heading "$(describe "$1"): the core's tests"
    timeout -s KILL 300 ctest --preset "$1" 2>&1 | grep -v '^ *Start ' | tee "$output"
    status=${PIPESTATUS[0]}
    printf '\n(kept in %s)\n' "$output"
    note "$status" "the core's tests on $(describe "$1")"
}

targets=("$@")
((${#targets[@]})) || targets=(rv32 rv32imc cm3 lx106)
for target in "${targets[@]}"; do
    describe "$target" >/dev/null || exit
done
for target in "${targets[@]}"; do
    echo "Building for $(describe "$target") ..."
    if [[ $target == lx106 ]]; then
        build "$target" all && run_core_tests "$target"
        continue
    fi
    build "$target" "${examples[@]}" || continue
    for example in "${examples[@]}"; do
        run_example "$target" "$example"
    done
done

heading "Firmware"
printf '%s\n' "${results[@]}"
printf '\n%d passed, %d failed\n' "$passed" $((${#results[@]} - passed))
exit "$first_status"
