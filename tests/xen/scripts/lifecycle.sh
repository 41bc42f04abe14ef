# Every verb of virtscope-libxl on real PV guests. A step leaves its reports in steps/NAME and what xl lists after it in
# steps/NAME.list; the test judges them.
mkdir -p steps orders

uuid_of() { xl list -v "$1" | awk 'NR == 2 { print $(NF - 2) }'; }
state_of() { xl list "$1" | awk 'NR == 2 { print $5 }'; }
json_text() { sed 's/\\/\\\\/g; s/"/\\"/g; s/\t/\\t/g' "$1" | awk '{ printf "%s\\n", $0 }'; }
is_gone() { ! xl domid "$1"; }
is_domain() { [[ $(xl domid "$1") == "$2" ]]; }
is_running() { [[ $(state_of "$1") != *[psc]* ]]; }
keepers() { grep -la -e 'virtscope-libxl.[k]eep' /proc/[0-9]*/cmdline 2>/dev/null | wc -l; }
no_keeper() { [[ $(keepers) == 0 ]]; }
vcpus_of() { xl list "$1" | awk 'NR == 2 { print $4 }'; }
has_vcpus() { [[ $(vcpus_of "$1") == "$2" ]]; }
memory_of() { xentop -b -i 1 | awk -v name="$1" '$1 == name { print $5 }'; }
has_at_most() { (($(memory_of "$1") <= $2)); }
times_said() { grep -c -e "$2" "/var/log/xen/console/guest-$1.log"; }
has_said() { (($(times_said "$1" "$2") >= $3)); }

# order FILE VERB GUEST [MEMBERS]: as the agent would write it.
order() {
    local id uuid
    id=$(xl domid "$3" 2>/dev/null || echo 0)
    uuid=$(uuid_of "$3" 2>/dev/null)
    echo "{\"verb\":\"$2\",\"guest\":\"$3\",\"domid\":$id,\"uuid\":\"$uuid\"${4:+,$4}}" >"orders/$1"
}

# step NAME VERB GUEST [MEMBERS]
step() {
    order "$@"
    echo "$SECONDS s: $1"
    timeout 100 virtscope-libxl <"orders/$1" >"steps/$1" 2>"steps/$1.err"
    echo $? >"steps/$1.rc"
    xl list >"steps/$1.list"
}

# config NAME SED-PROGRAM…: guest1's configuration, changed, as a member of an order.
config() {
    sed -e 's/extra = "/&sysrq_always_enabled /' "${@:2}" /run/domu/guest1/config >"orders/$1.cfg"
    echo "\"text\":\"$(json_text "orders/$1.cfg")\""
}

host_is_guarded() {
    local verb
    for verb in destroy shutdown reboot suspend resume save eject dumpxml; do step "host-$verb" "$verb" Domain-0 '"path":"/tmp/x"'; done
    step host-little setmem Domain-0 '"bytes":1048576'
    step host-much setmem Domain-0 '"bytes":1099511627776'
    step host-setmem setmem Domain-0 '"bytes":666894336'
}

small_verbs() {
    step suspend-dry suspend guest1 '"dry_run":true'
    step suspend suspend guest1
    step suspend-again suspend guest1
    step shutdown-paused shutdown guest1
    step save-paused save guest1 '"path":"/tmp/paused"'
    step resume resume guest1
    step resume-again resume guest1
    step setmem setmem guest2 '"bytes":117440512'
    wait_for 30 has_at_most guest2 114688
    memory_of guest2 >memory
    step setmem-much setmem guest2 '"bytes":1073741824'
    step vcpus-less setvcpus guest2 '"count":1'
    wait_for 30 has_vcpus guest2 1
    vcpus_of guest2 >vcpus
    step vcpus-again setvcpus guest2 '"count":1'
    step vcpus-more setvcpus guest2 '"count":2'
    xenstore-read "/local/domain/$(xl domid guest2)/cpu/1/availability" >vcpus-offered
    step vcpus-much setvcpus guest2 '"count":3'
    step eject eject guest1
    step change-media change-media guest1 '"path":"/etc/hosts"'
    step domdisplay domdisplay guest1
    step dumpxml dumpxml guest1
    step no-mode shutdown guest1 '"mode":"agent"'
    step acpi shutdown guest1 '"mode":"acpi"'
    order stale destroy guest1
    sed 's/"uuid":"[^"]*"/"uuid":"6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c11"/' orders/stale >orders/stale-now
    virtscope-libxl <orders/stale-now >steps/stale
    echo 'no json' | virtscope-libxl >steps/no-order
}

saves() {
    mkdir -p /tmp/full
    mount -t tmpfs -o size=20m full /tmp/full
    step save-full save guest1 '"path":"/tmp/full/guest1"'
    ls -a /tmp/full >full
    wait_for 20 is_running guest1
    state_of guest1 >after-full
    umount /tmp/full
    uuid_of guest1 >uuid
    # Nobody listens to the reports: it is saved all the same.
    order unheard save guest1 '"path":"/tmp/guest1"'
    timeout 100 virtscope-libxl <orders/unheard | true
    wait_for 100 is_gone guest1
    ls /tmp >saved
    step save-over save guest2 '"path":"/tmp/guest1"'
    step create-while-off create - "$(config while-off -e 's/"guest1"/"guest2"/')"
    xl restore /tmp/guest1 >xl-restore 2>&1
    wait_for 20 is_running guest1
    uuid_of guest1 >uuid-xl
    xl save guest1 /tmp/guest1.xl >xl-save 2>&1
    head -c 30000000 /tmp/guest1.xl >/tmp/short
    step restore-short restore - '"path":"/tmp/short"'
    rm /tmp/short
    step restore restore - '"path":"/tmp/guest1.xl"'
    wait_for 20 is_running guest1
    keepers >keepers-restored
    uuid_of guest1 >uuid-restored
    step restore-again restore - '"path":"/tmp/guest1.xl"'
    rm /tmp/guest1.xl
    step save save guest1 '"path":"/tmp/guest1","force":true'
    wait_for 20 no_keeper
    step restore-paused restore - '"path":"/tmp/guest1","paused":true'
    step restore-resume resume guest1
    wait_for 20 is_running guest1
    rm /tmp/guest1
    # A keeper outlives a save that failed.
    mount -t tmpfs -o size=20m full /tmp/full
    step save-full-again save guest1 '"path":"/tmp/full/guest1"'
    umount /tmp/full
    wait_for 20 is_running guest1
    step shutdown shutdown guest1
    wait_for 60 is_gone guest1
    wait_for 20 no_keeper
}

creates() {
    local said domid
    step create-key create - "$(config key -e '$ a pci = [ "01:00.0" ]')"
    step create-kernel create - "$(config kernel -e 's,/images/vmlinux,/images/none,')"
    step create-large create - "$(config large -e 's/^memory = .*/memory = 65536/; s/^maxmem = .*/maxmem = 65536/')"
    step create-empty create - '"text":" \n"'
    step create-xml-bad create - '"text":"<domain type='"'kvm'"'/>"'
    step create-dry create - "$(config dry),\"dry_run\":true"
    said=$(times_said guest1 DOMU-READY)
    step create create - "$(config create -e 's/on_reboot = .*/on_reboot = "restart"/; s/on_crash = .*/on_crash = "rename-restart"/')"
    step create-again create - "$(config again)"
    uuid_of guest1 >uuid-created
    domid=$(xl domid guest1)
    wait_for 60 has_said guest1 DOMU-READY $((said + 1))
    step reboot reboot guest1
    wait_for 90 is_domain guest1 $((domid + 1))
    uuid_of guest1 >uuid-rebooted
    keepers >keepers-rebooted
    wait_for 60 has_said guest1 DOMU-READY $((said + 2))
    xl sysrq guest1 c
    wait_for 90 is_domain guest1 $((domid + 2))
    wait_for 60 has_said guest1 DOMU-READY $((said + 3))
    uuid_of guest1 >uuid-crashed
    xl list >list-crashed
    step destroy-crashed destroy "guest1-ended-$((domid + 1))"
    step destroy destroy guest1
    step destroy-again destroy guest1
    wait_for 20 no_keeper
    step create-xml create - "\"text\":$(sed -n 's/.*"text":\("<domain.*"\)}}$/\1/p' steps/dumpxml),\"paused\":true"
    uuid_of guest1 >uuid-xml
    step create-xml-resume resume guest1
    wait_for 60 has_said guest1 DOMU-READY $((said + 4))
    order last dumpxml guest1
    virtscope-libxl <orders/last >steps/dumpxml-last
    step destroy-last destroy guest1
}

host_is_guarded
small_verbs
saves
creates
true
