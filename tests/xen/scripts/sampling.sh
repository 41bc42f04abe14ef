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

check() { # MODE WORD…
    check_virt "$@" --ring "$VIRTSCOPE_RING" --output-format json >"checks/$1.json" 2>"checks/$1.txt"
    echo $? >"checks/$1.rc"
}

checks() {
    local mode
    for mode in state cpu steal memory balloon net responsive host; do check $mode; done
    check block -w read_ops=1000000
    check_virt block --ring "$VIRTSCOPE_RING" >checks/latency.txt
    echo $? >checks/latency.rc
    check uptime --exclude Domain-0
    check agent -w lateness=60
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
virtscope doctor >doctor.txt || true
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
