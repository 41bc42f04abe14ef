#!/bin/sh
# The agent inside a PV guest: what it says of the machine it is on. Runs with busybox.
proc_steal() { # in clock ticks
    awk '/^cpu /{print $9}' /proc/stat
}

export VIRTSCOPE_RING=/tmp/ring
virtscope doctor --format json >/tmp/doctor.json
virtscoped --foreground --ring $VIRTSCOPE_RING --ring-size 4MiB --interval 500ms >/tmp/agent.log 2>&1 &
agent=$!
tries=0
while ! virtscope info >/dev/null 2>&1 && [ $tries -lt 100 ]; do sleep 0.2 && tries=$((tries + 1)); done
before=$(proc_steal)
sleep 3
virtscope info --format json >/tmp/info.json
after=$(proc_steal)
kill $agent
wait $agent
echo "AGENT-EXIT $?"
for name in doctor info; do
    echo "BEGIN $name"
    cat /tmp/$name.json
    echo "END $name"
done
echo "STEAL $before $after"
sed 's/^/AGENT: /' /tmp/agent.log
