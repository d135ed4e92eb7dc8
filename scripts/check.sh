#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the checks, all of them or those named: scripts/check.sh [STEP...]. Ends with the counts.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

all_steps=(host firmware clang asan tsan valgrind coverage format shell tidy bench fuzz fuzz-host)
read -ra cmake_flags <<<"${CMAKE_FLAGS:-}"
jobs=$(nproc)
passed=0
failed=0
failures=()

count() { # name, exit status: one check that has no tests inside
    if (($2 == 0)); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        failures+=("$1")
    fi
}

add_counts() { # name, log: its last line is "N passed, M failed"
    if [[ $(tail -n 1 "$2") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        ((BASH_REMATCH[2] == 0)) || failures+=("$1")
    else
        count "$1 (did not end)" 1
    fi
}

# Configures and builds a preset. What goes wrong counts as one failure.
build_preset() {
    cmake --preset "$1" -DHL_BUILD_TESTS="${2:-ON}" "${cmake_flags[@]}" >"build/log.$1" 2>&1 &&
        cmake --build --preset "$1" >>"build/log.$1" 2>&1 && return
    cat "build/log.$1"
    count "building $1" 1
    return 1
}

# Runs the tests of a test preset and adds ctest's counts to ours.
run_tests() {
    local log="build/log.ctest.$1" bad total
    timeout -s KILL 600 ctest --preset "$1" -j "$jobs" 2>&1 | tee "$log"
    # "97% tests passed, 1 tests failed out of 34"
    read -r bad total < <(sed -n 's/.*tests passed, \([0-9]*\) tests failed out of \([0-9]*\)$/\1 \2/p' \
        "$log")
    if [[ -z ${total:-} ]]; then
        count "ctest $1 (did not end)" 1
        return 1
    fi
    passed=$((passed + total - bad))
    failed=$((failed + bad))
    ((bad == 0)) && return
    failures+=("$bad tests of $1")
    return 1
}

# All C files that are the project's, committed or about to be.
our_files() {
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
            [[ -e $file ]] && echo "$file"
        done
    else
        for pattern in "$@"; do
            find . -path ./build -prune -o -name "$pattern" -printf '%P\n'
        done
    fi
}

step_host() { build_preset host && run_tests host; }
step_clang() { build_preset clang && run_tests clang; }
step_asan() { build_preset asan && run_tests asan; }
step_tsan() { build_preset tsan && run_tests tsan; }
step_valgrind() { build_preset host && run_tests valgrind; }

# All targets: their tests, then the examples, and the sums of what they print there.
step_firmware() {
    local target targets=(rv32 rv32imc cm3)
    for target in "${targets[@]}" cm3-newlib lx106; do
        build_preset "$target" && run_tests "$target"
    done
    rm -f build/firmware/*/heap_task_tracking*.txt
    scripts/firmware.sh "${targets[@]}" | tee build/log.firmware
    add_counts "examples on the targets" build/log.firmware
    python3 scripts/check_demo.py --saved build/firmware/*/heap_task_tracking*.txt |
        tee build/log.check_firmware
    add_counts "sums of the examples on the targets" build/log.check_firmware
}

step_coverage() {
    build_preset coverage || return
    find build/coverage -name '*.gcda' -delete
    run_tests coverage
    python3 scripts/coverage.py build/coverage | tee build/log.coverage
    add_counts "coverage" build/log.coverage
}

step_format() {
    our_files '*.c' '*.h' | xargs -r clang-format --dry-run --Werror
    count "format" $?
}

step_format-fix() { our_files '*.c' '*.h' | xargs -r clang-format -i; }

step_shell() {
    our_files '*.sh' '.ci/run' | xargs -r shellcheck
    count "shellcheck" $?
}

# One file at a time: clang-tidy 14 carries what it knows of a va_list over to the next file.
step_tidy() {
    cmake --preset clang -DHL_BUILD_TESTS=ON "${cmake_flags[@]}" >build/log.tidy 2>&1 &&
        python3 scripts/tidy_files.py build/clang build/tidy >build/tidy.list &&
        xargs -r -P "$jobs" -n 1 clang-tidy --quiet -p build/tidy <build/tidy.list 2>build/tidy.err
    local status=$?
    ((status == 0)) || cat build/log.tidy build/tidy.err
    count "clang-tidy" $status
}

# Instruction counts are exact, so they may not get worse.
step_bench() {
    python3 bench/bench.py --check
    count "bench" $?
}

# New inputs stay in build/; the committed corpus is only read.
step_fuzz() {
    build_preset fuzz OFF || return
    mkdir -p build/fuzz/found
    timeout -s KILL $((${FUZZ_SECONDS:-60} + 60)) build/fuzz/bin/fuzz_ops \
        -max_total_time="${FUZZ_SECONDS:-60}" -print_final_stats=1 -verbosity=0 \
        -artifact_prefix=build/fuzz/ build/fuzz/found fuzz/corpus
    count "fuzzing" $?
}

# The readers of the heapledger command, as many at a time as there are processors.
step_fuzz-host() {
    local reader seconds=${FUZZ_SECONDS:-60} readers=(stream wire text detailed overview heaps dump)
    build_preset fuzz OFF && cmake --build --preset fuzz --target fuzz_host >>build/log.fuzz 2>&1 || return
    mkdir -p build/fuzz/found_host
    printf '%s\n' "${readers[@]}" | xargs -P "$jobs" -I % sh -c "mkdir -p build/fuzz/found_host/% &&
        timeout -s KILL $((seconds + 60)) build/fuzz/bin/fuzz_host_% -max_total_time=$seconds \
            -verbosity=0 -artifact_prefix=build/fuzz/%- build/fuzz/found_host/% fuzz/host_corpus/% \
            >build/log.fuzz_% 2>&1 && touch build/fuzz/found_host/%.passed"
    for reader in "${readers[@]}"; do
        [[ -e build/fuzz/found_host/$reader.passed ]] || tail -n 30 "build/log.fuzz_$reader"
        rm "build/fuzz/found_host/$reader.passed"
        count "fuzzing the reader $reader" $?
    done
}

step_soak() {
    build_preset host || return
    HL_TEST_OPS=${OPS:-10000000} build/bin/test/test_model
    count "model test, ${OPS:-10000000} operations" $?
}

mkdir -p build
steps=("$@")
((${#steps[@]})) || steps=("${all_steps[@]}")
for step in "${steps[@]}"; do
    if ! declare -F "step_$step" >/dev/null; then
        echo "check: no step '$step'; there are: ${all_steps[*]} soak format-fix" >&2
        exit 2
    fi
done

for step in "${steps[@]}"; do
    started=$SECONDS
    printf '\n=== %s\n' "$step"
    "step_$step"
    printf '=== %s: %d s\n' "$step" $((SECONDS - started))
done

printf '\n'
for failure in "${failures[@]}"; do
    echo "FAILED: $failure"
done
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0)) || [[ ${steps[*]} == format-fix ]]
