#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Where the kernel comes from, and what is said when it does not: kernel_lookup_test.sh TEST TREE CC KERNEL
set -uo pipefail

test=$1 tree=$2 cc=$3 kernel=${4:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"

fake() { # name; the script comes from stdin
    { echo "#!/bin/sh" && cat; } >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}

configure() { # options; sets output and result
    output=$(PATH="$work/bin:$PATH" cmake -S "$tree" -B "$work/build" -G Ninja \
        -DCMAKE_C_COMPILER="$cc" -DHL_BUILD_TESTS=OFF "$@" 2>&1)
    result=$?
}

# CMake breaks the lines of its messages: compared with all white space made one blank.
expect() { # fails|works, then words that the output must hold
    local word flat
    flat=$(tr -s '[:space:]' ' ' <<<"$output")
    if [[ $1 == fails ]] && ((result == 0)) || [[ $1 == works ]] && ((result != 0)); then
        printf 'exit code %d; it said:\n%s\n' "$result" "$output"
        exit 1
    fi
    for word in "${@:2}"; do
        if [[ $flat != *"$word"* ]]; then
            printf 'it does not say "%s", but:\n%s\n' "$word" "$output"
            exit 1
        fi
    done
}

case $test in
    wrong_path)
        mkdir "$work/empty"
        configure -DFREERTOS_KERNEL_PATH="$work/empty"
        expect fails "is not a FreeRTOS kernel: tasks.c is not there" "FREERTOS_KERNEL_PATH"
        ;;
    old_cargo)
        fake cargo <<<"echo 'cargo 1.65.0'"
        configure
        expect fails "cargo 1.65" "is too old" "1.85" "-DFREERTOS_KERNEL_PATH=" "-DHL_KERNEL_GIT=ON"
        ;;
    broken_cargo)
        fake cargo <<<"echo 'no toolchain is set' >&2; exit 1"
        configure
        expect fails "no toolchain is set" "-DFREERTOS_KERNEL_PATH=" "-DHL_KERNEL_GIT=ON"
        ;;
    good_path)
        fake cargo <<<"exit 1" # must not be asked
        configure -DFREERTOS_KERNEL_PATH="$kernel"
        expect works "FreeRTOS kernel: $kernel (from FREERTOS_KERNEL_PATH)"
        ;;
    git_is_used)
        # A git that takes down what it is asked for and then fails: nothing goes over the network.
        fake cargo <<<"exit 1"
        fake git <<EOF
echo "\$*" >>"$work/git.log"
case \$1 in
    --version) echo "git version 2.39.0" ;;
    *) exit 1 ;;
esac
EOF
        configure -DHL_KERNEL_GIT=ON
        expect fails
        output=$(<"$work/git.log")
        expect fails "clone" "https://github.com/FreeRTOS/FreeRTOS-Kernel.git"
        output=$(cat "$work"/build/_deps/*-subbuild/CMakeLists.txt)
        expect fails "dbf70559b27d39c1fdb68dfb9a32140b6a6777a0"
        ;;
    *)
        echo "kernel_lookup_test.sh: what is '$test'?" >&2
        exit 2
        ;;
esac
