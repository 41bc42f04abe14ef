#!/bin/bash
# completion_test.sh FOLDER VIRTSCOPE: the completion functions as the shells call them. `list` is answered here, help
# by the program itself.
set -u
folder=$1 program=$2 failures=0

virtscope() {
    if [[ $1 == list ]]; then
        printf '%s\n' web01 web02 'my guest' '$(touch pwned)' 'a;b'
    else
        "$program" "$@"
    fi
}

source "$folder/virtscope.bash" || exit 1

# expect "WANTED BY LINES" WORD...: the last word is the one being completed.
expect() {
    local wanted=$1 got
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _virtscope 2>/dev/null
    got=$(printf '%s\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"} | sort)
    if [[ $got != "$wanted" ]]; then
        printf 'FAILED: %s\n  wanted: %s\n  got: %s\n' "$*" "$wanted" "$got"
        failures=$((failures + 1))
    fi
}

scratch=$(mktemp -d) && cd "$scratch" || exit 1
trap 'rm -r "$scratch"' EXIT
touch 'an image.iso'

expect $'shutdown' virtscope shut
expect $'reset\nrestore\nresume' virtscope res
expect $'web01\nweb02' virtscope start w
expect $'web01\nweb02' virtscope shutdown --mode acpi w
expect 'my\ guest' virtscope start my
expect 'my\ guest' virtscope start 'my\ g'
expect '\$\(touch\ pwned\)' virtscope destroy '$'
expect 'a\;b' virtscope destroy a
expect $'off' virtscope wait web01 --state o
expect $'json' virtscope start web01 --format j
expect $'--escalate' virtscope shutdown web01 --e
expect $'--wait' virtscope start web01 --w
expect 'an image.iso' virtscope change-media web01 an
expect 'verify' virtscope ring v
expect 'icinga2' virtscope nagios-config --format i
expect '' virtscope start web01 w

[[ -e pwned ]] && { echo 'FAILED: a guest name was executed'; failures=$((failures + 1)); }
# Every verb that is offered exists, and every one that exists is offered.
offered=$(tr ' ' '\n' <<<"$_virtscope_verbs" | sort)
existing=$("$program" --help | sed -n '/^Subcommands:/,/^$/p' | sed -n 's/^  \([a-z-]\+\) .*/\1/p' | sort)
[[ $offered == "$existing" ]] || { echo "FAILED: verbs differ"; diff <(echo "$offered") <(echo "$existing"); failures=$((failures + 1)); }
if command -v zsh >/dev/null; then
    zsh -n "$folder/_virtscope" || failures=$((failures + 1))
fi
exit $((failures != 0))
