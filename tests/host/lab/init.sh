#!/bin/busybox sh
# The only program of a lab guest. Takes workloads from the kernel's command line (vs.cpu=DUTY%,
# vs.disk=VERB:RATE, vs.net=RATE) and commands from the serial console: "NUMBER COMMAND…", answered by
# whatever it prints and a line "DONE NUMBER". Commands are the do_… functions below.

clock() { # $now: hundredths of a second since boot
    read -r up _ </proc/uptime
    now=$((${up%.*} * 100 + 1${up#*.} - 100))
}

burn() { # DUTY: so many per cent of the CPU we are on, in periods of 0.2 s
    [ "$1" -ge 100 ] && while :; do :; done
    clock
    while :; do
        end=$((now + $1 / 5))
        while [ "$now" -lt "$end" ]; do clock; done
        usleep $((200000 - $1 * 2000))
        clock
    done
}

transfer() { # DEV VERB OPS [BYTES]: past the guest's page cache, so that each is one request of the disk
    case $2 in
        read) dd if="/dev/$1" of=/dev/null bs="${4:-4096}" count="$3" iflag=direct 2>/dev/null ;;
        write) dd if=/dev/zero of="/dev/$1" bs="${4:-4096}" count="$3" conv=notrunc oflag=direct 2>/dev/null ;;
        mixed)
            transfer "$1" read $((($3 + 1) / 2)) "$4"
            transfer "$1" write $(($3 / 2)) "$4"
            ;;
        flush) dd if=/dev/zero of="/dev/$1" count=0 conv=notrunc,fsync 2>/dev/null ;;
    esac
}

keep_transferring() { # DEV VERB RATE
    while :; do
        transfer "$1" "$2" $((($3 + 9) / 10))
        usleep 100000
    done
}

param() { # NAME: value of vs.NAME on the kernel's command line
    for word in $(cat /proc/cmdline); do
        case $word in vs."$1"=*) echo "${word#*=}" ;; esac
    done
}

load_modules() {
    while read -r module; do insmod "/modules/$module"; done </modules/order
}

set_up_network() {
    [ -d /sys/class/net/eth0 ] || return 0
    ip link set eth0 up
    host=$(param host)
    [ -n "$host" ] || return 0
    ip addr add "$(param address)/24" dev eth0
    arp -s "$host" "$(param hostmac)"
}

do_disk() { transfer "$@"; }                     # DEV VERB OPS [BYTES]
do_ping() { ping -q -c "$1" -s "${2:-56}" -i 0.01 -W 5 "$host" | grep received; } # COUNT [BYTES]
do_echo() { echo "$*"; }
do_uptime() { read -r up _ </proc/uptime; echo "UPTIME $up"; }
do_stat() { echo "STAT $(cat "/sys/block/$1/stat")"; } # DEV

do_start() { # cpu DUTY [CPU] | disk DEV VERB RATE | net RATE
    case $1 in
        cpu) taskset $((1 << ${3:-0})) /init burn "$2" & ;;
        disk) keep_transferring "$2" "$3" "$4" & ;;
        net) ping -q -i "$(awk "BEGIN { print 1 / $2 }")" "$host" >/dev/null & ;;
    esac
    jobs_started="$jobs_started $!"
}

do_stop() {
    for job in $jobs_started; do kill "$job"; done
    wait
    jobs_started=
}

pick() { # $picked: one of the arguments
    shift $((RANDOM % $#))
    picked=$1
}

# SECONDS DEV…: bursts of random kind and length, silences of random length. Says nothing meanwhile, since
# even the console would wake QEMU; then one line a burst: when it began and ended, which disk, what kind, and
# the reads, sectors read and sectors written that disk's /sys/block/DEV/stat has after it.
do_bursts() {
    clock
    stop=$((now + $1 * 100))
    shift
    : >/log
    while clock; [ "$now" -lt "$stop" ]; do
        read -r from _ </proc/uptime
        pick "$@"; disk=$picked
        pick read write mixed flush; verb=$picked
        transfer "$disk" "$verb" $((RANDOM % 20 + 1))
        read -r to _ </proc/uptime
        read -r reads _ rsectors _ _ _ wsectors _ <"/sys/block/$disk/stat"
        echo "BURST $from $to $disk $verb $reads $rsectors $wsectors" >>/log
        [ $((RANDOM % 4)) = 0 ] && usleep $((RANDOM % 300 * 1000)) && continue
        usleep $((RANDOM % 5000 * 1000))
    done
    cat /log
}

do_sh() { sh "$@"; } # SCRIPT [ARGUMENT…]: of an overlay

do_poweroff() { poweroff -f; }

start_workloads() {
    cpu=$(param cpu); disk=$(param disk); net=$(param net)
    if [ -n "$cpu" ]; then
        for processor in $(seq 0 $(($(nproc) - 1))); do do_start cpu "$cpu" "$processor"; done
    fi
    [ -n "$disk" ] && do_start disk vda "${disk%:*}" "${disk#*:}"
    [ -n "$net" ] && do_start net "$net"
}

serve() {
    exec </dev/ttyS0 >/dev/ttyS0 2>&1
    stty raw -echo
    echo READY
    while read -r number command arguments; do
        # shellcheck disable=SC2086
        "do_$command" $arguments
        echo "DONE $number"
    done
}

boot() {
    /bin/busybox --install -s /bin
    export PATH=/bin
    mount -t proc proc /proc
    mount -t sysfs sysfs /sys
    mount -t devtmpfs devtmpfs /dev
    load_modules
    set_up_network
    start_workloads
    serve
}

case $1 in
    burn) burn "$2" ;;
    *) boot ;;
esac
