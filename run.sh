#!/usr/bin/env bash
# Builds Wharf, starts a private daemon in a network namespace of its own, runs hello-world and a web server in containers, shows it
# answering, and takes everything down again. As root on Debian 12 with the .NET SDK 10; what else is missing is installed.
# Usage: ./run.sh [--no-build]
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
. build/common.sh

need_root
need_packages iproute2 curl busybox-static
[ "${1:-}" = --no-build ] || ./build.sh

name=wharf-tour-$$
root=$(mktemp -d "/var/tmp/$name.XXXXXX")
daemon=
cleanup() {
    set +e
    if [ -n "$daemon" ] && kill -0 "$daemon" 2>/dev/null; then
        out/bin/wharf ps -aq | xargs -r out/bin/wharf rm -f -v >/dev/null
        kill "$daemon"
        wait "$daemon" 2>/dev/null
    fi
    ip netns del "$name" 2>/dev/null
    find /sys/fs/cgroup -depth -type d -path "*/$name*" -exec rmdir {} + 2>/dev/null
    rm -rf "$root"
}
trap cleanup EXIT

step "starting wharfd on $root, in the network namespace $name"
ip netns add "$name"
ip -n "$name" link set lo up
nsenter --net="/run/netns/$name" out/bin/wharfd --data-root "$root/data" --exec-root "$root/exec" --pidfile "$root/wharfd.pid" \
    -H "unix://$root/wharf.sock" --cgroup-parent "/$name" >"$root/wharfd.log" 2>&1 &
daemon=$!
export DOCKER_HOST=unix://$root/wharf.sock DOCKER_CONFIG=$root/config
for _ in $(seq 200); do out/bin/wharf version >/dev/null 2>&1 && break; kill -0 $daemon || { cat "$root/wharfd.log"; fail "wharfd ended"; }; sleep 0.05; done

step "wharf run hello-world"
out/bin/wharf run --rm hello-world

step "making a web server image and running it published on port 8080"
mkdir -p "$root/web/bin" "$root/web/www" "$root/web/etc"
cp /bin/busybox "$root/web/bin/busybox"
ln -s busybox "$root/web/bin/sh"
echo '<h1>Served from a Wharf container</h1>' >"$root/web/www/index.html"
tar -C "$root/web" -c . | out/bin/wharf import --change 'CMD ["/bin/busybox","httpd","-f","-p","80","-h","/www"]' --change 'EXPOSE 80' - web >/dev/null
out/bin/wharf run -d --name web -p 8080:80 web >/dev/null
out/bin/wharf ps
step "curl http://127.0.0.1:8080/"
nsenter --net="/run/netns/$name" curl -sS --retry 20 --retry-connrefused --retry-delay 0 --max-time 5 http://127.0.0.1:8080/

cat <<'TOUR'

It works. Next:
    sudo out/bin/wharfd &                            # the real daemon, on /var/run/docker.sock
    out/bin/wharf run -it --rm debian bash           # or your docker client, unchanged
    out/bin/wharf logs -f NAME; out/bin/wharf stats  # and all the verbs you know
    ./test.sh                                        # everything CI runs
TOUR
