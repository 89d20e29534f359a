#!/usr/bin/env bash
# Push and pull against our registry and Debian's docker-registry, interleaved, and the ratio of the medians (above 1: ours is faster).
# Usage: bench/registry/compare.sh [megabytes] [rounds]     needs ./build.sh wharf-registry, docker-registry, skopeo, curl
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
size=${1:-200} rounds=${2:-5}
work=$(mktemp -d /var/tmp/wharf-bench-registry.XXXXXX)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT

out/bin/wharf-registry serve --addr 127.0.0.1:5951 --root "$work/ours" --log-level error >/dev/null 2>&1 & pids+=($!)
printf 'version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}\nhttp: {addr: "127.0.0.1:5952"}\n' "$work/theirs" >"$work/config.yml"
docker-registry serve "$work/config.yml" >/dev/null 2>&1 & pids+=($!)
for port in 5951 5952; do for _ in $(seq 100); do curl -sf "http://127.0.0.1:$port/v2/" >/dev/null && break; sleep 0.1; done; done

now() { date +%s.%N; }
elapsed() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.4f", b - a }'; }

push_blob() { # port file digest
    local location
    location=$(curl -sf -X POST -D - -o /dev/null "http://127.0.0.1:$1/v2/bench/r$RANDOM/blobs/uploads/" | tr -d '\r' | awk 'tolower($1) == "location:" { print $2 }')
    case $location in http*) ;; *) location="http://127.0.0.1:$1$location" ;; esac
    location=$(curl -sf -X PATCH -T "$2" -H 'Content-Type: application/octet-stream' -D - -o /dev/null "$location" | tr -d '\r' | awk 'tolower($1) == "location:" { print $2 }')
    case $location in http*) ;; *) location="http://127.0.0.1:$1$location" ;; esac
    case $location in *\?*) location="$location&digest=$3" ;; *) location="$location?digest=$3" ;; esac
    curl -sf -X PUT -D - -o /dev/null "$location" | tr -d '\r' | awk 'tolower($1) == "location:" { print $2 }'
}

declare -A times
for round in $(seq "$rounds"); do
    head -c "${size}M" /dev/urandom >"$work/blob"
    digest="sha256:$(sha256sum "$work/blob" | cut -d' ' -f1)"
    for who in 5951 5952; do
        start=$(now)
        at=$(push_blob $who "$work/blob" "$digest")
        times[push-$who]+="$(elapsed "$start" "$(now)") "
        case $at in http*) ;; *) at="http://127.0.0.1:$who$at" ;; esac
        start=$(now)
        curl -sf -o /dev/null "$at"
        times[pull-$who]+="$(elapsed "$start" "$(now)") "
        start=$(now)
        for _ in $(seq 200); do echo "url = \"http://127.0.0.1:$who/v2/\"" ; echo 'output = "/dev/null"'; done | curl -sf -K - 
        times[ping-$who]+="$(elapsed "$start" "$(now)") "
    done
    rm -f "$work/blob"
done

median() { tr ' ' '\n' <<<"$1" | grep . | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
for what in push pull ping; do
    ours=$(median "${times[$what-5951]}") theirs=$(median "${times[$what-5952]}")
    awk -v what="$what" -v size="$size" -v a="$ours" -v b="$theirs" 'BEGIN {
        if (what == "ping") printf "200 requests   ours %.3f s   docker-registry %.3f s   ratio %.2f\n", a, b, b / a
        else printf "%s of %d MB   ours %.0f MB/s   docker-registry %.0f MB/s   ratio %.2f\n", what, size, size / a, size / b, b / a }'
done
printf 'resident memory: ours %d MB, docker-registry %d MB\n' $(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/${pids[0]}/status" "/proc/${pids[1]}/status")
