# The agent beside Xen's own tools: while the guests work (truth/), while they stand still (still/), and what every reader
# of the ring makes of it.
# shellcheck source=tests/xen/scripts/truth.sh
source /inject/truth.sh

readers() { # FOLDER: our programs, a file each
    local guest
    virtscope list --format json >"$1/list.json"
    virtscope info --format json >"$1/info-host.json"
    for guest in Domain-0 guest1 guest2; do virtscope info $guest --format json >"$1/info-$guest.json"; done
}

checks() {
    local mode
    for mode in state cpu steal balloon block net responsive uptime agent host; do
        check_virt $mode --ring "$VIRTSCOPE_RING" --output-format json >"checks/$mode.json" 2>"checks/$mode.txt"
        echo $? >"checks/$mode.rc"
    done
}

exported() {
    virtscope-export prometheus --web.listen-address 127.0.0.1:9177 &>exporter.log &
    wait_for 20 wget -q -O metrics.txt http://127.0.0.1:9177/metrics
    kill %%
}

set -e
mkdir -p still checks
xl sched-credit2 -d guest1 -w 512
start_agent --connect xen:/// --interval 1s
wait_new_frame
for n in $(seq 1 8); do truth "truth/$n" && sleep 0.7; done
xl mem-set guest2 112m
virt-top -b -n 1 >top.txt
virtscope history guest2 --metric cpu_time,disk.read_ops,nic.rx_packets --step 0 --format json >history.json
checks || true
exported
xl pause guest1
xl pause guest2
truth still/before
settings still
wait_new_frame
readers still
truth still/after
stop_agent
cp "$VIRTSCOPE_RING" ring
