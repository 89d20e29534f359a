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
pids=()
cleanup() {
    set +e
    for host in ours theirs; do
        DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" ps -aq 2>/dev/null | DOCKER_HOST=unix://$root/$host.sock xargs -r "$bin/wharf" rm -f >/dev/null 2>&1
    done
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
    for n in "$name-a" "$name-b"; do ip netns del "$n"; done
    find /sys/fs/cgroup -depth -type d -path "*/$name-*" -exec rmdir {} + 2>/dev/null
    umount -l "$root"/theirs/*/* 2>/dev/null
    rm -rf "$root"
}
trap cleanup EXIT
for n in "$name-a" "$name-b"; do ip netns add "$n"; ip -n "$n" link set lo up; done

now() { date +%s%N; }
start=$(now)
nsenter --net="/run/netns/$name-a" "$bin/wharfd" --data-root "$root/ours" --exec-root "$root/oursx" --pidfile "$root/ours.pid" -H "unix://$root/ours.sock" --cgroup-parent "/$name-a" >"$root/ours.log" 2>&1 &
pids+=($!)
until curl -sf --unix-socket "$root/ours.sock" http://d/_ping >/dev/null 2>&1; do sleep 0.005; done
ours_start=$((($(now) - start) / 1000))
start=$(now)
nsenter --net="/run/netns/$name-b" unshare -m --propagation private dockerd --data-root "$root/theirs" --exec-root "$root/theirsx" --pidfile "$root/theirs.pid" \
    -H "unix://$root/theirs.sock" --cgroup-parent "/$name-b" --storage-driver overlay2 >"$root/theirs.log" 2>&1 &
pids+=($!)
until curl -sf --unix-socket "$root/theirs.sock" http://d/_ping >/dev/null 2>&1; do sleep 0.005; done
theirs_start=$((($(now) - start) / 1000))

image=$(test/images/make.sh busybox)
for host in ours theirs; do DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" load -q -i "$image" >/dev/null; done

report() { # NAME OURS-FILE THEIRS-FILE (microseconds, one a line)
    python3 - "$@" <<'P'
import statistics, sys
name, ours, theirs = sys.argv[1], *[[int(x) for x in open(f)] for f in sys.argv[2:4]]
a, b = statistics.median(ours), statistics.median(theirs)
print(f"{name:44} wharf {a/1000:9.1f} ms (min {min(ours)/1000:.1f})   dockerd {b/1000:9.1f} ms (min {min(theirs)/1000:.1f})   ratio 1/{b/a:.1f}")
P
}

# The client of each: ours for ours, the docker command for theirs.
measure() { # NAME ARGUMENTS...
    local label=$1; shift
    : >"$root/a"; : >"$root/b"
    for _ in $(seq "$rounds"); do
        local s; s=$(now); DOCKER_HOST=unix://$root/ours.sock "$bin/wharf" "$@" >/dev/null 2>&1; echo $((($(now) - s) / 1000)) >>"$root/a"
        s=$(now); DOCKER_HOST=unix://$root/theirs.sock docker "$@" >/dev/null 2>&1; echo $((($(now) - s) / 1000)) >>"$root/b"
    done
    report "$label" "$root/a" "$root/b"
}

echo "$ours_start" >"$root/a"; echo "$theirs_start" >"$root/b"; report "daemon start to /_ping (once)" "$root/a" "$root/b"
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
once() { # LABEL ARGUMENTS...   one round each
    local keep=$rounds; rounds=1; measure "$@"; rounds=$keep
}
lines='yes 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 | head -c 200000000'
once "200 MB attached" run --rm --log-driver none busybox sh -c "$lines"
for host in ours theirs; do
    client=$bin/wharf; file=a; [ $host = ours ] || { client=$(command -v docker); file=b; }
    s=$(now); DOCKER_HOST=unix://$root/$host.sock "$client" run -d --name log --log-opt max-size=1g busybox sh -c "$lines" >/dev/null
    DOCKER_HOST=unix://$root/$host.sock "$client" wait log >/dev/null; echo $((($(now) - s) / 1000)) >"$root/$file"
done
report "200 MB into the json-file log" "$root/a" "$root/b"
once "logs: the same read back" logs log
measure "logs --tail 10 of it" logs --tail 10 log

# A published port from the host's loopback, each in its own namespace.
web=$(test/images/make.sh nginx)
for host in ours theirs; do
    ns=$name-a; file=a; [ $host = ours ] || { ns=$name-b; file=b; }
    DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" load -q -i "$web" >/dev/null
    DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" run -d --name web -p 8099:80 nginx >/dev/null
    DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" exec web sh -c 'for d in /usr/share/nginx/html /var/www/html; do [ -d $d ] && truncate -s 2G $d/big; done; true'
    : >"$root/$file"
    for _ in 1 2 3; do
        s=$(now); nsenter --net="/run/netns/$ns" curl -sf --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null http://127.0.0.1:8099/big; echo $((($(now) - s) / 1000)) >>"$root/$file"
    done
done
report "2 GB through a port published on loopback" "$root/a" "$root/b"

eight() { # SOCK CLIENT
    seq 50 | DOCKER_HOST=unix://$1 xargs -P 8 -I{} "$2" run -d busybox sleep 3600 >/dev/null 2>&1
}
s=$(now); eight "$root/ours.sock" "$bin/wharf"; echo $((($(now) - s) / 1000)) >"$root/a"
s=$(now); eight "$root/theirs.sock" "$(command -v docker)"; echo $((($(now) - s) / 1000)) >"$root/b"
report "50 containers, 8 at a time, run -d" "$root/a" "$root/b"
for host in ours theirs; do
    client=$bin/wharf; file=a; [ $host = ours ] || { client=$(command -v docker); file=b; }
    ids=$(DOCKER_HOST=unix://$root/$host.sock "$bin/wharf" ps -aq)
    s=$(now); DOCKER_HOST=unix://$root/$host.sock "$client" rm -f $ids >/dev/null 2>&1; echo $((($(now) - s) / 1000)) >"$root/$file"
done
report "54 containers removed by force" "$root/a" "$root/b"
echo "daemon memory, RSS: wharfd $(awk '/VmRSS/{print $2}' /proc/"$(cat "$root/ours.pid")"/status) kB   dockerd $(awk '/VmRSS/{print $2}' /proc/"$(cat "$root/theirs.pid")"/status) kB (and containerd beside it)"
