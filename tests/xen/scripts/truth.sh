# truth FOLDER: what Xen's own tools, sysfs and xenstore say at one time, a file each; `begin` and `end` are uptimes.
truth() {
    mkdir -p "$1"
    cut -d' ' -f1 /proc/uptime >"$1/begin"
    xl list >"$1/list"
    xl vcpu-list >"$1/vcpus"
    xentop -b -i 1 -f -n -x >"$1/xentop"
    grep -H . /sys/bus/xen-backend/devices/vbd-*/statistics/* /sys/class/net/vif*/statistics/* >"$1/statistics"
    xl info >"$1/info"
    cut -d' ' -f1 /proc/uptime >"$1/end"
}

# What does not move by itself.
settings() {
    mkdir -p "$1"
    xenstore-ls -f /local/domain >"$1/store"
    xl list -l >"$1/long"
    xl sched-credit2 >"$1/scheduler"
}
