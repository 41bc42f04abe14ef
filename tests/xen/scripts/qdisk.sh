# A guest whose disks are served by its QEMU: what we publish of them while it stands still, and what that QEMU says when it
# is asked over libxl's own socket; the same while the QEMU is stopped and after.
set -e

ask_qemu() { # COMMAND FILE: its answer, behind those of greeting and negotiation
    { printf '{"execute":"qmp_capabilities"}\n{"execute":"%s"}\n' "$1" && sleep 3; } |
        timeout 20 nc.openbsd -q 1 -U "/run/xen/qmp-libxl-$(xl domid guest3)" >"$2"
}

published() { # FILE
    virtscope info guest3 --format json >"$1"
}

tells() { # JSON-TEXT: of the newest frame
    published now.json
    grep -q "$1" now.json
}

writes() {
    tells '"write_ops": [1-9]'
}

domu guest3 disks:2 backend:qdisk load:disk
wait_for 150 guest_said guest3 DOMU-READY
qemu=$(pidof xen-qemu-system-i386)
start_agent --connect xen:/// --interval 1s
wait_for 60 writes
xl pause guest3
# The question of one tick is answered in the next.
wait_new_frame
wait_new_frame
wait_for 60 writes
ask_qemu query-blockstats truth.json
published still.json

kill -STOP "$qemu"
wait_for 60 tells '"note": "qdisk'
published silent.json
virtscope info guest1 --format json >silent-guest1.json
kill -CONT "$qemu"
wait_for 90 writes
published again.json
xl destroy guest3
stop_agent
