#!/usr/bin/env bash
# Whole commands against dockerd, interleaved A B A B in one run; prints medians and the ratio ours/theirs. As root, after ./build.sh.
# Usage: bench/engine/compare.sh [rounds]     default 20
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
. build/common.sh
rounds=${1:-20}
need_root
need_packages docker.io iproute2 busybox-static python3
bin=$PWD/out/bin
name=wharf-bench-$$
root=$(mktemp -d "/var/tmp/$name.XXXXXX")
cleanup() {
    set +e
    for host in ours theirs; do
        DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" ps -aq 2>/dev/null | DOCKER_HOST=unix://$root/$host.sock xargs -r "$bin/wharf" rm -f >/dev/null 2>&1
    done
    for daemon in ours theirs; do
        pid=$(cat "$root/$daemon.pid" 2>/dev/null) || continue
        kill "$pid"
        for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    done
    for n in "$name-a" "$name-b"; do ip netns del "$n"; done
    find /sys/fs/cgroup -depth -type d -path "*/$name-*" -exec rmdir {} + 2>/dev/null
    umount -l "$root"/theirs/*/* "$root/memory" "$root/run" 2>/dev/null
    rm -rf "$root"
}
trap cleanup EXIT
for n in "$name-a" "$name-b"; do ip netns add "$n"; ip -n "$n" link set lo up; done

# The shell's own clock, in microseconds: a program that tells the time would be measured with the commands.
begin() { started=${EPOCHREALTIME//[!0-9]/}; }
spent() { echo $((${EPOCHREALTIME//[!0-9]/} - started)) >>"$1"; } # FILE
report() { # NAME OURS-FILE THEIRS-FILE (microseconds, one a line)
    python3 - "$@" <<'P'
import statistics, sys
name, ours, theirs = sys.argv[1], *[[int(x) for x in open(f)] for f in sys.argv[2:4]]
a, b = statistics.median(ours), statistics.median(theirs)
print(f"{name:44} wharf {a/1000:9.1f} ms (min {min(ours)/1000:.1f})   dockerd {b/1000:9.1f} ms (min {min(theirs)/1000:.1f})   ratio 1/{b/a:.1f}")
P
}

# Lines for the logs, in memory: a program that makes them as it goes would be the slowest part.
mkdir "$root/memory"; mount -t tmpfs -o size=300m tmpfs "$root/memory"
yes 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 | head -c 200000000 >"$root/memory/lines" || true

# Exec roots in memory, as /run is on every machine that booted with an init system.
mkdir "$root/run"; mount -t tmpfs tmpfs "$root/run"

# Each is started five times, the first time on an empty root, and left running.
python3 - "$root" "$bin" "$name" <<'P'
import socket, subprocess, sys, time
root, bin, name = sys.argv[1:]
ours = ["nsenter", f"--net=/run/netns/{name}-a", f"{bin}/wharfd", "--data-root", f"{root}/ours", "--exec-root", f"{root}/run/ours", "--pidfile", f"{root}/ours.pid",
    "-H", f"unix://{root}/ours.sock", "--cgroup-parent", f"/{name}-a"]
theirs = ["nsenter", f"--net=/run/netns/{name}-b", "unshare", "-m", "--propagation", "private", "dockerd", "--data-root", f"{root}/theirs", "--exec-root", f"{root}/run/theirs",
    "--pidfile", f"{root}/theirs.pid", "-H", f"unix://{root}/theirs.sock", "--cgroup-parent", f"/{name}-b", "--storage-driver", "overlay2"]
for round in range(5):
    for file, command, path in ("a", ours, "ours"), ("b", theirs, "theirs"):
        log = open(f"{root}/{path}.log", "a")
        begin = time.monotonic_ns()
        daemon = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        while True:
            try:
                s = socket.socket(socket.AF_UNIX); s.connect(f"{root}/{path}.sock"); s.sendall(b"GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n")
                if s.recv(12).endswith(b"200"):
                    break
            except OSError:
                assert daemon.poll() is None, f"{command[2]} ended, see {root}/{path}.log"
            time.sleep(0.001)
        print((time.monotonic_ns() - begin) // 1000, file=open(f"{root}/{file}", "a"))
        if round < 4:
            daemon.terminate(); daemon.wait()
P
report "daemon start to /_ping" "$root/a" "$root/b"

image=$(test/images/make.sh busybox)
for host in ours theirs; do DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" load -q -i "$image" >/dev/null; done

# The client of each: ours for ours, the docker command for theirs.
measure() { # NAME ARGUMENTS...
    local label=$1; shift
    : >"$root/a"; : >"$root/b"
    for _ in $(seq "$rounds"); do
        begin; DOCKER_HOST=unix://$root/ours.sock "$bin/wharf" "$@" >/dev/null 2>&1; spent "$root/a"
        begin; DOCKER_HOST=unix://$root/theirs.sock docker "$@" >/dev/null 2>&1; spent "$root/b"
    done
    report "$label" "$root/a" "$root/b"
}

measure "client alone (--version)" --version
measure "run --rm busybox true, default bridge" run --rm busybox true
measure "run --rm --network none busybox true" run --rm --network none busybox true

# create, start, wait and remove over the API, all on one connection.
cycle() { # SOCK FILE
    python3 - "$1" "$rounds" >"$2" <<'P'
import http.client, json, socket, sys, time
class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX); self.sock.connect(sys.argv[1])
c = Unix("d")
def call(method, path, body=None):
    c.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
    answer = c.getresponse(); text = answer.read()
    assert answer.status < 300, text
    return json.loads(text) if text else None
for _ in range(int(sys.argv[2])):
    begin = time.monotonic_ns()
    id = call("POST", "/v1.41/containers/create", {"Image": "busybox", "Cmd": ["true"]})["Id"]
    call("POST", f"/v1.41/containers/{id}/start"); call("POST", f"/v1.41/containers/{id}/wait"); call("DELETE", f"/v1.41/containers/{id}")
    print((time.monotonic_ns() - begin) // 1000)
P
}
cycle "$root/ours.sock" "$root/a"; cycle "$root/theirs.sock" "$root/b"; report "create + start + wait + rm over the API" "$root/a" "$root/b"

for host in ours theirs; do DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" run -d --name idle busybox sleep 3600 >/dev/null; done
measure "exec idle true" exec idle true

# Output: 200 MB of lines of 100 characters.
thrice() { # LABEL ARGUMENTS...   as measure, three rounds
    local keep=$rounds; rounds=3; measure "$@"; rounds=$keep
}
thrice "200 MB attached" run --rm --log-driver none -v "$root/memory:/in:ro" busybox cat /in/lines
: >"$root/a"; : >"$root/b"
for _ in 1 2 3; do
    for host in ours theirs; do
        client=$bin/wharf; file=a; [ $host = ours ] || { client=$(command -v docker); file=b; }
        export DOCKER_HOST=unix://$root/$host.sock
        "$client" rm -f log >/dev/null 2>&1 || true
        begin; "$client" run -d --name log --log-opt max-size=1g -v "$root/memory:/in:ro" busybox cat /in/lines >/dev/null
        "$client" wait log >/dev/null; spent "$root/$file"
        unset DOCKER_HOST
    done
done
report "200 MB into the json-file log" "$root/a" "$root/b"
thrice "logs: the same read back" logs log
measure "logs --tail 10 of it" logs --tail 10 log

# A published port from the host's loopback, each in its own namespace.
web=$(test/images/make.sh nginx)
: >"$root/a"; : >"$root/b"
for host in ours theirs; do
    DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" load -q -i "$web" >/dev/null
    DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" run -d --name web -p 8099:80 nginx >/dev/null
    DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" exec web sh -c 'for d in /usr/share/nginx/html /var/www/html; do [ -d $d ] && truncate -s 2G $d/big; done; true'
done
for _ in 1 2 3 4 5; do
    for host in ours theirs; do
        ns=$name-a; file=a; [ $host = ours ] || { ns=$name-b; file=b; }
        begin; nsenter --net="/run/netns/$ns" curl -sf --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null http://127.0.0.1:8099/big; spent "$root/$file"
    done
done
report "2 GB through a port published on loopback" "$root/a" "$root/b"

eight() { # SOCK CLIENT
    seq 50 | DOCKER_HOST=unix://$1 xargs -P 8 -I{} "$2" run -d busybox sleep 3600 >/dev/null 2>&1
}
: >"$root/a"; : >"$root/b"; : >"$root/ra"; : >"$root/rb"
for _ in 1 2 3; do
    for host in ours theirs; do
        client=$bin/wharf; file=a; [ $host = ours ] || { client=$(command -v docker); file=b; }
        begin; eight "$root/$host.sock" "$client"; spent "$root/$file"
        ids=$(DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" ps -q --filter ancestor=busybox)
        begin; DOCKER_HOST=unix://$root/$host.sock "$client" rm -f $ids >/dev/null 2>&1; spent "$root/r$file"
    done
done
report "50 containers, 8 at a time, run -d" "$root/a" "$root/b"
report "50 containers removed by force" "$root/ra" "$root/rb"
# Idle is some time after the work: both give back what only the work needed.
sleep 30
echo "daemon memory at rest, RSS: wharfd $(awk '/VmRSS/{print $2}' /proc/"$(cat "$root/ours.pid")"/status) kB   dockerd $(awk '/VmRSS/{print $2}' /proc/"$(cat "$root/theirs.pid")"/status) kB (and containerd beside it)"
