# virt-top on an agent of its own, in a folder of its own; both are gone afterwards.

agent_pid=
run_folder=

stop_agent() {
    [[ -z $agent_pid ]] && return
    kill "$agent_pid" 2>/dev/null || true
    wait "$agent_pid" 2>/dev/null || true
    agent_pid=
}

clean_up() {
    stop_agent
    [[ -z $run_folder ]] || rm -rf "$run_folder"
}

start_agent() { # URI
    build/bin/virtscoped --foreground --ring "$run_folder/ring" --interval 1s --connect "$1" 2>"$run_folder/log" &
    agent_pid=$!
}

# Frames in the ring; nothing while there is no ring.
frames() { build/bin/virtscope ring info "$run_folder/ring" 2>/dev/null | awk '$1 == "frames" { print $2 }' || true; }

# wait_frames COUNT: a rate needs two frames, everything else one.
wait_frames() {
    local tries=300 count
    while ((tries-- > 0)); do
        count=$(frames)
        ((${count:-0} >= $1)) && return
        kill -0 "$agent_pid" 2>/dev/null || die "virtscoped ended: $(tail -n 1 "$run_folder/log")"
        sleep 0.05
    done
    die "virtscoped wrote nothing for 15 s: $(tail -n 1 "$run_folder/log")"
}

has_guests() { build/bin/virtscope list --ring "$run_folder/ring" | tail -n +2 | grep -q .; }

show() {
    if [[ -t 0 && -t 1 ]]; then
        build/bin/virt-top --ring "$run_folder/ring" "$@"
    else
        wait_frames 2
        build/bin/virt-top --ring "$run_folder/ring" -b -n 1 "$@"
    fi
}

top() {
    deps build
    build virtscoped virtscope virt-top
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    run_folder=$(mktemp -d)
    start_agent kvm:///
    wait_frames 1
    if ! has_guests; then
        say "this host runs no guests: showing a simulated one with 20"
        stop_agent
        rm -f "$run_folder/ring"
        start_agent "test:///default?guests=20"
        wait_frames 1
    fi
    show "$@"
}
