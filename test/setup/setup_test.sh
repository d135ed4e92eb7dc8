#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs scripts/setup.sh on a pretended machine: setup_test.sh TEST TREE
#
# PATH holds only what is put there: a dpkg-query, an id and an apt-get that play their part, and no
# compiler. apt-get "installs" by writing names into a file that dpkg-query reads.
set -uo pipefail

test=$1 tree=$2
machine=$(mktemp -d)
trap 'rm -rf "$machine"' EXIT
bin=$machine/bin
mkdir "$bin"
touch "$machine/installed" "$machine/apt.log"
for tool in bash env cat chmod; do
    ln -s "$(command -v "$tool")" "$bin/$tool"
done

fake() { # name; the script comes from stdin
    { echo "#!$bin/bash" && cat; } >"$bin/$1"
    chmod +x "$bin/$1"
}

fake id <<'EOF'
echo "${PRETENDED_UID:-0}"
EOF
fake uname <<<'echo x86_64'
fake dpkg-query <<EOF
while read -r package; do printf 'ii %s ' "\$package"; done <"$machine/installed"
EOF
fake_apt() {
    fake apt-get <<EOF
echo "\$*" >>"$machine/apt.log"
[[ \$1 == install ]] || exit 0
for word in "\$@"; do
    echo "\$word" >>"$machine/installed"
    if [[ \$word == cargo-web ]]; then
        printf '#!$bin/bash\necho cargo 1.85.0\n' >"$bin/cargo"
        chmod +x "$bin/cargo"
    fi
done
EOF
}
fake_cargo() { fake cargo <<<"echo 'cargo $1 (abcdef 2022-11-01)'"; }

run_setup() { # groups; sets output and result
    output=$(env -i PATH="$bin" PRETENDED_UID="${uid:-0}" bash "$tree/scripts/setup.sh" "$@" 2>&1)
    result=$?
}

expect() { # result, then words that the output must hold
    local word
    if ((result != $1)); then
        printf 'exit code %d instead of %d; it said:\n%s\n' "$result" "$1" "$output"
        exit 1
    fi
    for word in "${@:2}"; do
        if [[ $output != *"$word"* ]]; then
            printf 'it does not say "%s", but:\n%s\n' "$word" "$output"
            exit 1
        fi
    done
}

case $test in
    no_root)
        fake_apt
        uid=1000
        run_setup build check
        expect 1 "only root" "apt-get install" gcc ninja-build libcmocka-dev gcc-multilib cargo-web
        [[ ! -s $machine/apt.log ]] || expect 99 "apt-get was called without root"
        ;;
    no_apt)
        fake_cargo 1.90.0
        run_setup build
        expect 1 "no apt-get" "missing: gcc libc6-dev make cmake ninja-build pkg-config"
        [[ $output != *valgrind* ]] || expect 99 "valgrind is not for building"
        ;;
    installs_once)
        fake_apt
        run_setup build check
        expect 0 installing
        calls=$(<"$machine/apt.log")
        [[ $calls == update*install*valgrind* ]] || expect 99 "update, then install: $calls"
        run_setup build check
        expect 0
        [[ $output == "" && $(<"$machine/apt.log") == "$calls" ]] || expect 99 "called apt-get again"
        ;;
    unknown_group)
        run_setup bulid
        expect 2 "usage:"
        ;;
    old_cargo_in_setup)
        fake_cargo 1.65.0
        printf '%s\n' gcc libc6-dev make cmake ninja-build pkg-config libjansson-dev scdoc >"$machine/installed"
        run_setup build
        expect 1 "cargo 1.65.0" "too old" "-DFREERTOS_KERNEL_PATH=" "-DHL_KERNEL_GIT=ON"
        ;;
    *)
        echo "setup_test.sh: what is '$test'?" >&2
        exit 2
        ;;
esac
