#!/bin/sh
# SPDX-License-Identifier: MIT
# Uses heapledger from outside its tree: consume.sh WAY TREE BUILD WORK CC [KERNEL]
set -eu

way=$1 tree=$2 build=$3 work=$4 cc=$5 kernel=${6:-}
prefix=$work/prefix
project=$work/$way/project # its own ../main.c: the tests run side by side

build_and_run() { # options of cmake
    cmake -S "$project" -B "$project/build" -G Ninja -DCMAKE_C_COMPILER="$cc" "$@"
    cmake --build "$project/build"
    for program in "$project"/build/with_*; do
        "$program"
    done
}

# Each consumer is copied away: nothing of it can see the tree by accident.
copy_project() { # folder of test/package
    rm -rf "$project"
    mkdir -p "$project"
    cp -R "$tree/test/package/$1/." "$project"
    cp "$tree/test/package/main.c" "$tree/test/package/threads.c" "$project/.."
}

# What pkg-config says of the installed library.
installed() {
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name heapledger.pc)") pkg-config "$@" heapledger
}

compile_main() { # flags
    # shellcheck disable=SC2046 # words are meant to split
    "$cc" -std=c11 "$@" "$tree/test/package/main.c" $(installed --cflags --libs) \
        -o "$project/consumer"
}

case $way in
    install)
        rm -rf "$work"
        cmake --install "$build" --prefix "$work/first"
        mv "$work/first" "$prefix" # an installation can be moved
        ;;
    find_package)
        copy_project "$way"
        build_and_run -DCMAKE_PREFIX_PATH="$prefix"
        ;;
    subdirectory)
        copy_project "$way"
        build_and_run -DHL_TREE="$tree"
        ;;
    freertos)
        copy_project "$way"
        build_and_run -DCMAKE_PREFIX_PATH="$prefix" -DKERNEL="$kernel"
        ;;
    firmware)
        # What a user types, on each machine; the tree is where they would have it.
        copy_project "$way"
        mkdir "$project/third_party"
        ln -s "$tree" "$project/third_party/heapledger"
        cd "$project"
        for preset in rv32 cm3; do
            cmake --preset $preset -DFREERTOS_KERNEL_PATH="$kernel"
            cmake --build --preset $preset
            ctest --preset $preset
            build/$preset/run build/$preset/my_firmware >console.txt
            grep 'keeper: DELETED: .*Current Usage 10[0-9][0-9]' console.txt
        done
        ;;
    pkg_config)
        test "$(installed --modversion)" = "$(cat "$tree/VERSION")"
        mkdir -p "$project"
        compile_main
        "$project/consumer"
        ;;
    mismatch)
        # A caller built with other options than the library must not link.
        mkdir -p "$project"
        for option in HL_TASK_TRACKING=0 HL_ALIGN=16 HL_OWNER_BITS=7 HL_NAME_LEN=32 \
            HL_COUNT_EVENTS=1 HL_COUNT_FAILURES=1 HL_LIMITS=1; do
            if compile_main "-D$option" 2>"$project/log"; then
                echo "a caller with $option linked with a library built without it" >&2
                exit 1
            fi
            grep -q 'undefined reference to .*hl_init' "$project/log"
        done
        ;;
    config_file)
        # Options of the user's own reach the library and, once installed, its callers.
        copy_project find_package
        printf '#define HL_ALIGN 16\n#define HL_LIMITS 1\n' >"$project/my_options.h"
        cmake -S "$tree" -B "$project/library" -G Ninja -DCMAKE_C_COMPILER="$cc" \
            -DHL_CONFIG_FILE="$project/my_options.h" -DHL_WITH_FREERTOS=OFF -DHL_BUILD_TESTS=OFF
        cmake --build "$project/library"
        prefix=$project/prefix
        cmake --install "$project/library" --prefix "$prefix"
        rm "$project/my_options.h"
        build_and_run -DCMAKE_PREFIX_PATH="$prefix"
        compile_main
        "$project/consumer"
        nm "$project/consumer" | grep -q 'hl_init.*_a16_.*_l1'
        ;;
    *)
        echo "consume.sh: what is '$way'?" >&2
        exit 2
        ;;
esac
