# What goes wrong on a Xen host, one after the other. The last is xenstored's death: Xen's tools are of no use after it.
set -e
xenstored=$(cat /run/xenstored.pid)

# unprivileged: what virtscoped says to a user without rights.
mkdir /tmp/nobody && chown nobody /tmp/nobody
su nobody -c "virtscoped --foreground --ring /tmp/nobody/ring --connect xen:///" >unprivileged.txt 2>&1 || echo $? >unprivileged.rc
start_agent --connect xen:/// --interval 200ms

# dying: domains end while the agent asks for them in every tick. They are built and never run, which is quick.
for _ in 1 2 3; do
    domu guest3 memory:32 paused:1 && xl destroy guest3
done
wait_new_frame
virtscope events --format json >events.json
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
xl rename guest2 renamed
is_listed() { virtscope list --name | grep -qx "$1"; }
wait_for 30 is_listed renamed
echo yes >stopped.recovered
sequence >killed.begin

# killed: what is known of the guests stays, and what the hypervisor counts goes on.
kill -KILL "$xenstored"
has_note() { virtscope info "$1" --format json | grep -q '"note": ".*xenstored'; }
wait_for 30 has_note guest1
wait_for 60 frame_is_there $(($(sequence) + 10))
virtscope list --format json >killed.json
virtscope info guest1 --format json >killed-guest1.json
sequence >killed.end
stop_agent && echo 0 >agent.rc
cp "$VIRTSCOPE_RING" ring
