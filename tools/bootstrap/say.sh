# Messages, and commands that are quiet unless they fail.

say() { echo "bootstrap: $*" >&2; }

die() {
    say "$*"
    exit 1
}

# quietly COMMAND…: its output is shown only if it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 || status=$?
    [[ $status == 0 ]] || tail -n 100 "$log" >&2
    rm -f "$log"
    return "$status"
}
