# What goes wrong on a Xen host, one after the other. The last is xenstored's death: Xen's tools are of no use after it.
set -e
xenstored=$(cat /run/xenstored.pid)

# unprivileged: what virtscoped says to a user without rights. It goes on: rights may come, and other hypervisors have guests, too.
mkdir /tmp/nobody && chown nobody /tmp/nobody
su nobody -c "exec virtscoped --foreground --ring /tmp/nobody/ring --interval 500ms --connect xen:///" >unprivileged.txt 2>&1 &
unprivileged=$!
wait_for 60 grep -q privcmd unprivileged.txt
wait_for 60 eval '[[ $(virtscope info --ring /tmp/nobody/ring --format json | sed -n "s/^ *\"sequence\": \([0-9]*\).*/\1/p") -ge 5 ]]'
kill $unprivileged && wait $unprivileged && echo 0 >unprivileged.rc
start_agent --connect xen:/// --interval 500ms

# dying: domains end while the agent asks for them in every tick; some half built, as their kernel needs more memory.
is_listed() { virtscope list --name | grep -qx "$1"; }
wait_for 60 is_listed guest2
sequence >dying.begin
for _ in 1 2 3; do domu guest3 memory:32 2>>half-built.txt || true; done
xl destroy guest2
wait_new_frame
sequence >dying.end

# stopped: xenstored does not answer. Its clients hang, so none of Xen's tools is called meanwhile.
kill -STOP "$xenstored"
sequence >stopped.begin
wait_for 60 frame_is_there $(($(sequence) + 20))
virtscope list --format json >stopped.json
virtscope info guest1 --format json >stopped-guest1.json
sequence >stopped.end
kill -CONT "$xenstored"
guest_is_quiet() { virtscope info "$1" --format json | grep -q '"note": ""'; }
wait_for 30 guest_is_quiet guest1
xl rename guest1 renamed
wait_for 30 is_listed renamed
echo yes >stopped.recovered
sequence >killed.begin

# killed: what is known of the guests stays, and what the hypervisor counts goes on.
kill -KILL "$xenstored"
has_note() { virtscope info "$1" --format json | grep -q '"note": ".*xenstored'; }
wait_for 30 has_note renamed
wait_for 60 frame_is_there $(($(sequence) + 10))
virtscope list --format json >killed.json
virtscope info renamed --format json >killed-renamed.json
sequence >killed.end
cp "$VIRTSCOPE_RING" ring
stop_agent && echo 0 >agent.rc || echo $? >agent.rc
