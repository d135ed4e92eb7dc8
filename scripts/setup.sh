#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing on Debian 12: scripts/setup.sh [build] [check] [firmware] [esp_idf].
# Fast when all is there.
set -euo pipefail

cargo_minimum=1.85 # the crate that carries the FreeRTOS kernel is of Rust's edition 2024
build_packages=(gcc libc6-dev make cmake ninja-build pkg-config libjansson-dev scdoc)
esp_idf_packages=(python3 python3-kconfiglib)
check_packages=(chromium clang clang-format clang-tidy libclang-rt-14-dev libcmocka-dev npm prometheus
    python3 python3-jsonschema shellcheck valgrind "${esp_idf_packages[@]}")
firmware_packages=(python3 gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf qemu-system-misc
    gcc-arm-none-eabi picolibc-arm-none-eabi qemu-system-arm gcc-xtensa-lx106
    picolibc-xtensa-lx106-elf libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib
    libstdc++-arm-none-eabi-picolibc)
if [[ $(uname -m) == x86_64 ]]; then
    check_packages+=(gcc-multilib) # for the test that compares -m64 with -m32
    firmware_packages+=(gcc-multilib) # for the sequences of 'make bench' that run as 32-bit code
fi

usage() {
    echo "usage: scripts/setup.sh [build] [check] [firmware] [esp_idf]   (default: build)"
    echo "  build  what 'make build' and 'make demo' need"
    echo "  check  what 'make check' needs on top"
    echo "  firmware  compilers and emulators of the microcontrollers, for 'make firmware',"
    echo "            'make bench' and 'make check'"
    echo "  esp_idf  what 'make sim' and 'make menuconfig' need on top of build"
}

compiles() { # compiler and flags...: does a program link?
    printf '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n' |
        "$@" -x c - -o /dev/null 2>/dev/null
}

# Is what a package is wanted for there, wherever it comes from?
have_without_package() {
    case $1 in
        ninja-build) command -v ninja ;;
        libc6-dev) compiles gcc ;;
        gcc-multilib) compiles gcc -m32 ;;
        libclang-rt-14-dev) compiles clang -fsanitize=address ;;
        libcmocka-dev) pkg-config --exists cmocka ;;
        python3-kconfiglib)
            python3 -c 'import kconfiglib' || /usr/bin/python3 -c 'import kconfiglib'
            ;;
        libjansson-dev) pkg-config --exists jansson ;;
        *) command -v "$1" ;;
    esac >/dev/null 2>&1
}

# Sets `missing` to those of the given packages that are not there: one look into dpkg's database.
find_missing() {
    local package installed=" "
    if command -v dpkg-query >/dev/null; then
        installed=" $(dpkg-query --show --showformat '${db:Status-Abbrev}${Package} ' "$@" \
            2>/dev/null || true)"
    fi
    missing=()
    for package in "$@"; do
        if [[ $installed != *" ii $package "* && $installed != *" hi $package "* ]] &&
            ! have_without_package "$package"; then
            missing+=("$package")
        fi
    done
}

# Sets `cargo` to "fine", "missing", or what is wrong with it. A kernel named otherwise needs none.
find_cargo() {
    local version
    cargo=fine
    case " ${CMAKE_FLAGS:-} " in
        *FREERTOS_KERNEL_PATH*=* | *HL_KERNEL_GIT*=ON* | *HL_WITH_FREERTOS*=OFF*) return ;;
    esac
    if ! command -v cargo >/dev/null; then
        cargo=missing
    elif ! version=$(cargo --version 2>&1) || [[ ! $version =~ ^cargo\ ([0-9]+)\.([0-9]+) ]]; then
        cargo="'cargo --version' does not say its version: $version"
    elif ((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] < ${cargo_minimum/./ * 1000 + })); then
        cargo="$version is too old to read the crate that carries the FreeRTOS kernel"
    fi
}

explain_cargo() {
    cat <<EOF
setup: $1.
  cargo $cargo_minimum or newer fetches the kernel (Debian 12: apt-get install cargo-web, which takes
  the place of the package cargo; elsewhere: rustup). Two other ways to name the kernel:
    CMAKE_FLAGS=-DFREERTOS_KERNEL_PATH=DIR make demo   a checkout of FreeRTOS-Kernel V11 that you have
    CMAKE_FLAGS=-DHL_KERNEL_GIT=ON make demo           fetch the official repository with git
EOF
}

install_missing() { # says why it cannot, or installs
    local why=""
    if ! command -v apt-get >/dev/null; then
        why="there is no apt-get on this machine"
    elif [[ $(id -u) != 0 ]]; then
        why="only root can install packages"
    fi
    if [[ $why ]]; then
        echo "setup: missing: $*"
        echo "setup: not installed, because $why. On Debian 12, as root:"
        echo "    apt-get update && apt-get install --no-install-recommends $*"
        return 1
    fi
    echo "setup: installing $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update && apt-get install --yes --no-install-recommends "$@"
}

packages=("${build_packages[@]}")
for group in "$@"; do
    case $group in
        build) ;;
        check) packages+=("${check_packages[@]}") ;;
        firmware) packages+=("${firmware_packages[@]}") ;;
        esp_idf) packages+=("${esp_idf_packages[@]}") ;;
        -h | --help) usage && exit 0 ;;
        *) usage >&2 && exit 2 ;;
    esac
done

# Packages of npm, in the versions that the folder's package-lock.json pins, to build/npm/NAME.
install_from_npm() { # name, folder
    local to=build/npm/$1
    if cmp -s "$2/package-lock.json" "$to/package-lock.json" && [[ -d $to/node_modules ]]; then
        return
    fi
    mkdir -p "$to"
    cp "$2/package.json" "$to/"
    echo "setup: npm installs what $2/package-lock.json names" >&2
    # Last, so that a try that failed is made again.
    (cd "$to" && cp "$2/package-lock.json" . && npm ci --ignore-scripts --no-audit --no-fund >&2) ||
        { rm -f "$to/package-lock.json" && return 1; }
}

find_missing "${packages[@]}"
find_cargo
wanted=("${missing[@]}")
if [[ $cargo == missing ]]; then
    wanted+=(cargo-web) # Debian 12's newer cargo; its package `cargo` is too old
fi

result=0
if ((${#wanted[@]})); then
    install_missing "${wanted[@]}" >&2 || result=1
    find_missing "${packages[@]}"
    find_cargo
    if ((result == 0 && ${#missing[@]})); then
        echo "setup: still missing after the installation: ${missing[*]}" >&2
        result=1
    fi
fi
case $cargo in
    fine) ;;
    missing) explain_cargo "cargo was not found" >&2 && result=1 ;;
    *) explain_cargo "$cargo" >&2 && result=1 ;;
esac
if command -v npm >/dev/null; then
    cd "$(dirname "${BASH_SOURCE[0]}")/.."
    install_from_npm page "$PWD/host/report" ||
        echo "setup: without uPlot, 'heapledger report' leaves the curves out" >&2
    if [[ " $* " == *" check "* ]]; then
        install_from_npm test "$PWD/test/report" || result=1
    fi
fi # without npm the build says what is left out
exit $result
