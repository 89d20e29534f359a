# Runs in the guest. Each check prints "ok" or "FAILED" with what it saw; the last line says how it went.
failed=0
check() { # NAME EXPECTED ACTUAL
    if [ "$2" = "$3" ]; then echo "ok      $1"; else echo "FAILED  $1: expected [$2], got [$3]"; failed=$((failed + 1)); fi
}
check_like() { # NAME PATTERN ACTUAL
    case "$3" in $2) echo "ok      $1" ;; *) echo "FAILED  $1: expected like [$2], got [$3]"; failed=$((failed + 1)) ;; esac
}
group() { sed 's/^0:://' "/proc/$1/cgroup"; }
value() { cat "/sys/fs/cgroup$(group "$(wharf inspect -f '{{.State.Pid}}' "$1")")/$2"; }

wharfd --data-root /var/lib/wharf --exec-root /run/wharf --pidfile /run/wharfd.pid -H unix:///run/docker.sock >/tmp/wharfd.log 2>&1 &
export DOCKER_HOST=unix:///run/docker.sock
i=0; until wharf version >/dev/null 2>&1 || [ $i -ge 600 ]; do i=$((i + 1)); sleep 0.1; done
wharf version >/dev/null 2>&1 || { cat /tmp/wharfd.log; echo "== the daemon did not start"; exit 1; }
check "the daemon says which cgroups it has" "2 cgroupfs" "$(wharf info -f '{{.CgroupVersion}} {{.CgroupDriver}}')"
wharf load -q -i /images/busybox.tar >/dev/null || { cat /tmp/wharfd.log; exit 1; }
check "hello" hi "$(wharf run --rm busybox echo hi 2>&1)"

# placement
wharf run -d --name place --memory 64m --memory-swap 64m --cpus 0.5 --cpu-shares 512 --pids-limit 32 --cpuset-cpus 0 busybox sleep 600 >/dev/null
pid=$(wharf inspect -f '{{.State.Pid}}' place); id=$(wharf inspect -f '{{.Id}}' place)
check_like "a container has a cgroup of its own" "*/$id" "$(group "$pid")"
check "it sees itself as root" "0::/" "$(wharf exec place cat /proc/self/cgroup)"
check "memory.max" 67108864 "$(value place memory.max)"
check "memory.swap.max" 0 "$(value place memory.swap.max 2>/dev/null || echo 0)"
check "cpu.max" "50000 100000" "$(value place cpu.max)"
check_like "cpu.weight" "[12]?" "$(value place cpu.weight)"
check "pids.max" 32 "$(value place pids.max)"
check "cpuset.cpus" 0 "$(value place cpuset.cpus)"
check "an exec is in the same cgroup" 2 "$(wharf exec -d place sleep 99; sleep 0.3; value place pids.current)"
check_like "the shim is elsewhere" "*" "$(group "$(sed -n 's/^PPid:\t//p' /proc/$pid/status)")"
check "cgroup files are read-only inside" 1 "$(wharf exec place sh -c 'mkdir /sys/fs/cgroup/x' 2>&1 | grep -c 'Read-only')"
check "update" 134217728 "$(wharf update --memory 128m --memory-swap 128m place >/dev/null; value place memory.max)"
check "update of cpus" "150000 100000" "$(wharf update --cpus 1.5 place >/dev/null; value place cpu.max)"

# limits in force
wharf run --name oom --memory 16m --memory-swap 16m busybox sh -c 'x=a; while :; do x=$x$x; done' >/dev/null 2>&1
check "a container over its memory is killed" "137 true" "$(wharf inspect -f '{{.State.ExitCode}} {{.State.OOMKilled}}' oom)"
check_like "too many processes are refused" "*fork*" "$(wharf run --rm --pids-limit 8 busybox sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 5 & done; wait' 2>&1)"
wharf run -d --name busy --cpus 0.2 busybox sh -c 'while :; do :; done' >/dev/null
# against the time that really passed: an emulated machine is late for everything
percent() { value busy cpu.stat | awk -v up="$1" -v before="$2" '/^usage_usec/ { getline now < "/proc/uptime"; split(now, t, " "); print int(($2 - before) / (t[1] - up) / 10000) }'; }
up=$(cut -d' ' -f1 /proc/uptime); used=$(value busy cpu.stat | sed -n 's/^usage_usec //p'); sleep 3
share=$(percent "$up" "$used")
check "a busy container gets its share of processor time" yes "$([ "$share" -ge 2 ] && [ "$share" -le 25 ] && echo yes || echo "$share %")"
check_like "throttling is counted" "[1-9]*" "$(value busy cpu.stat | sed -n 's/^nr_throttled //p')"

# devices: /dev/net/tun (10:200), which nobody needs a capability to open
check "a device that was not given cannot be opened" 1 "$(wharf run --rm busybox sh -c 'mknod /tmp/tun c 10 200 && cat /tmp/tun' 2>&1 | grep -c 'Operation not permitted')"
check "the usual ones can" ok "$(wharf run --rm busybox sh -c 'echo x >/dev/null && head -c1 /dev/zero >/dev/null && echo ok' 2>&1)"
check "one that was given can" ok "$(wharf run --rm --device /dev/net/tun busybox sh -c ': </dev/net/tun && echo ok' 2>&1)"
check "a rule gives what it says" "read 1" "$(wharf run --rm --device-cgroup-rule 'c 10:200 mr' busybox sh -c 'mknod /tmp/tun c 10 200; : </tmp/tun && echo -n "read "; (: >/tmp/tun) 2>&1 | grep -c permitted' 2>&1)"
check "privileged has them all" ok "$(wharf run --rm --privileged busybox sh -c ': </dev/net/tun && echo ok' 2>&1)"

# freezer, statistics, top
wharf pause busy >/dev/null
check "paused by cgroup.freeze" "1 paused" "$(value busy cgroup.freeze) $(wharf inspect -f '{{.State.Status}}' busy)"
before=$(value busy cpu.stat | sed -n 's/^usage_usec //p'); sleep 0.5
check "a paused container does nothing" "$before" "$(value busy cpu.stat | sed -n 's/^usage_usec //p')"
check "exec in a paused container is refused" 1 "$(wharf exec busy true 2>&1 | grep -c 'is paused')"
wharf unpause busy >/dev/null
check "it goes on" "0 running" "$(value busy cgroup.freeze) $(wharf inspect -f '{{.State.Status}}' busy)"
stats=$(wharf stats --no-stream --format '{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.PIDs}}' place busy)
check_like "stats of memory and its limit" "*place*128MiB*" "$stats"
# one sample may fall into a second in which a slow machine did something else
i=0; until [ $i -ge 5 ] || [ "$(echo "$stats" | awk '/^busy/ { sub("%", "", $2); print ($2 + 0 > 1 && $2 + 0 < 100) }')" = 1 ]; do i=$((i + 1)); stats=$(wharf stats --no-stream --format '{{.Name}} {{.CPUPerc}}' busy); done
check "stats of processor time" yes "$([ $i -lt 5 ] && echo yes || echo "$stats")"
check_like "top" "*sleep 600*" "$(wharf top place)"

# killed while paused, stopped, restarted daemon
wharf pause busy >/dev/null
check "a paused container can be killed" 137 "$(wharf kill busy >/dev/null; wharf wait busy)"
kill -9 "$(cat /run/wharfd.pid)"; sleep 0.3
wharfd --data-root /var/lib/wharf --exec-root /run/wharf --pidfile /run/wharfd.pid -H unix:///run/docker.sock >>/tmp/wharfd.log 2>&1 &
i=0; until wharf version >/dev/null 2>&1 || [ $i -ge 600 ]; do i=$((i + 1)); sleep 0.1; done
check "a daemon killed finds its container" "running $pid" "$(wharf inspect -f '{{.State.Status}} {{.State.Pid}}' place)"
check "and can exec in it" 0::/ "$(wharf exec place cat /proc/self/cgroup)"

# networks of this kernel
wharf run -d --name web -p 8080:80 busybox sh -c 'mkdir -p /w; echo hello >/w/index.html; httpd -f -p 80 -h /w' >/dev/null; sleep 0.5
check "a published port answers" hello "$(wget -qO- http://127.0.0.1:8080/ 2>&1)"

# our runtime by itself
mkdir -p /tmp/b/rootfs/bin; cp /bin/busybox /tmp/b/rootfs/bin/sh
(cd /tmp/b && wharf-oci spec && sed -i 's/"terminal": true/"terminal": false/; s|"sh"|"sh", "-c", "echo from $$"|' config.json)
check "wharf-oci run" "from 1" "$(wharf-oci run --bundle /tmp/b one 2>&1)"

wharf rm -f -v $(wharf ps -aq) >/dev/null 2>&1
. /quotas.sh
sleep 1
check "no cgroup is left" 0 "$(find /sys/fs/cgroup -mindepth 2 -maxdepth 3 -type d -name '????????????????????????????????????????????????????????????????' | wc -l)"
kill -TERM "$(cat /run/wharfd.pid)"; sleep 1
grep -iE 'error|warn' /tmp/wharfd.log | sort | uniq -c | sort -rn | head -10
if [ $failed -eq 0 ]; then echo "== all checks passed"; else echo "== $failed checks failed"; tail -20 /tmp/wharfd.log; fi
