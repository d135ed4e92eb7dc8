# SPDX-License-Identifier: MIT
# Completion of heapledger for bash.

_heapledger() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options=""
    case $before in
        --color) options="auto always never" ;;
        --format) options="json ndjson csv openmetrics" ;;
        --sort) options="current peak blocks name" ;;
        --baud) options="9600 57600 115200 230400 460800 921600 1000000 1500000 2000000" ;;
        *) ;;
    esac
    if [[ $options ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        return
    fi
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "show check diff export record report --help --version" -- "$word")
        return
    fi
    case ${COMP_WORDS[1]} in
        show)
            options="--all --at --task --heap --blocks --sort --bytes --json --follow"
            options+=" --seconds --baud --init --damage --quiet --color --output --force"
            options+=" --help --version"
            ;;
        check)
            options="--no-leaks --no-growth --max --max-heap --baseline --tolerance --rules"
            options+=" --init --junit --json --seconds --baud --damage --quiet --output"
            options+=" --force --help --version"
            ;;
        diff)
            options="--from --to --exit-code --bytes --json --color --quiet --output"
            options+=" --force --help --version"
            ;;
        export)
            options="--format --follow --seconds --baud --init --damage --quiet --output"
            options+=" --force --help --version"
            ;;
        record)
            options="--output --force --append --seconds --baud --tee --quiet --help"
            options+=" --version"
            ;;
        report)
            options="--output --force --seconds --baud --init --damage --quiet --help"
            options+=" --version"
            ;;
        *) return ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -o filenames -F _heapledger heapledger
