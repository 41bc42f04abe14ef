# Orders through the whole chain: virtscope, the agent's socket, virtscope-libxl, and what the ring shows of them. A step
# leaves what the command said in steps/NAME, its exit code in steps/NAME.rc and what xl lists after it in steps/NAME.list.
mkdir -p steps

# step NAME WORD…: an order.
step() {
    local name=$1
    shift
    echo "$SECONDS s: $name"
    timeout 100 virtscope "$@" --format json >"steps/$name" 2>"steps/$name.err"
    echo $? >"steps/$name.rc"
    xl list >"steps/$name.list"
}

times_said() { grep -c -e "$2" "/var/log/xen/console/guest-$1.log"; }
has_said() { (($(times_said "$1" "$2") >= $3)); }
is_another_run() { local now && now=$(xl domid "$1") && [[ $now != "$2" ]]; }
ring_has() { virtscope info "$1" --format json | grep -q "\"id\": $2,"; }

host_is_guarded() {
    local verb
    for verb in shutdown reboot suspend; do step host-$verb $verb Domain-0; done
    step host-destroy destroy Domain-0 --yes
    step host-save save Domain-0 /tmp/host
    step host-little setmem Domain-0 100MiB
    step host-setmem setmem Domain-0 624MiB --wait=60s
}

small_verbs() {
    step destroy-dry destroy guest1 --dry-run
    step destroy-unasked destroy guest1
    step suspend suspend guest1 --wait=30s
    step suspend-again suspend guest1
    step shutdown-paused shutdown guest1
    step resume resume guest1 --wait=30s
    step setmem setmem guest1 112MiB --wait=60s
    step setmem-much setmem guest1 1GiB
    step vcpus-less setvcpus guest2 1 --wait=60s
    step vcpus-much setvcpus guest2 3
    virtscope list --format json >list.json
    step reset reset guest1 --yes
    step nobody suspend guest9
}

over_save() {
    step save save guest1 /tmp/guest1 --wait=90s
    wait_new_frame
    step restore restore /tmp/guest1 --wait=90s
    step restore-again restore /tmp/guest1
    wait_new_frame
    virtscope info guest1 --format json >restored.json
    virtscope history guest1 --step 500ms --metric memory_balloon --format json >history.json
}

over_reboot() {
    local domid
    sed -e 's/guest1/guest3/; s/on_reboot = .*/on_reboot = "restart"/; s/00:01"*,bridge/00:03,bridge/' -e '/^disk/d' \
        /run/domu/guest1/config >/tmp/guest3
    step create create /tmp/guest3 --wait=60s
    wait_for 60 guest_said guest3 'DOMU-'
    domid=$(xl domid guest3)
    step reboot reboot guest3
    wait_for 90 is_another_run guest3 "$domid"
    wait_for 30 ring_has guest3 "$(xl domid guest3)"
    check_virt restarts --guest guest3 --window 1h >restarts
    wait_for 60 has_said guest3 'DOMU-' 2
    step shutdown shutdown guest3 --wait=60s
    step shutdown-again shutdown guest3
}

start_agent --connect xen:/// --interval 500ms
host_is_guarded
small_verbs
over_save
over_reboot
step destroy destroy guest2 --yes --wait=30s
virtscope events --format json >events.json
stop_agent
cp "$VIRTSCOPE_RING.journal" journal
true
