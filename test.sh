#!/usr/bin/env bash
# Runs every test that CI runs, as root on Debian 12 with the .NET SDK 10; installs what is missing.
# Usage: ./test.sh [--no-publish] [pattern]     pattern: only test projects whose name contains it
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")"
. build/common.sh
publish=1
[ "${1:-}" = --no-publish ] && { publish=0; shift; }
pattern=${1:-}

need_root
need_dotnet
need_packages gcc zlib1g-dev libzstd-dev libsqlite3-dev iproute2 nftables curl tar zstd xz-utils bzip2 util-linux busybox-static crun runc skopeo docker-registry libarchive-tools btrfs-progs podman buildah containerd strace apache2-utils openssl openssh-client docker.io
[ $publish -eq 0 ] || ./build.sh || fail "the build failed"
mkdir -p out/test
passed=0 failed=0 skipped=0 broken=()
for project in test/*/*.Tests.csproj; do
    name=$(basename "$project" .csproj)
    [[ "$name" == *"$pattern"* ]] || continue
    step "$name"
    if ! dotnet build "$project" -c Release --nologo -v q -clp:ErrorsOnly >"out/test/$name.build.log" 2>&1; then
        cat "out/test/$name.build.log"; broken+=("$name does not compile"); failed=$((failed + 1)); continue
    fi
    log="out/test/$name.log"
    timeout -k 30 "${WHARF_TEST_TIMEOUT:-1500}" "test/$name/bin/Release/${WHARF_TFM:-net9.0}/$name" -noColor >"$log" 2>&1 </dev/null
    code=$?
    summary=$(grep -E 'Total: [0-9]+, Errors:' "$log" | tail -1)
    if [ -z "$summary" ]; then
        tail -40 "$log"; broken+=("$name ended with $code and no summary"); failed=$((failed + 1)); continue
    fi
    read -r total errors bad skip < <(sed -E 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\1 \2 \3 \4/' <<<"$summary")
    if [ $((errors + bad)) -gt 0 ]; then
        grep -E -A 25 '\[FAIL\]|\[ERROR\]' "$log" | head -200
        mapfile -t told < <(grep -E -A 4 '\[FAIL\]|\[ERROR\]' "$log" | grep -v '^--' | cut -c1-300 | head -60)
        broken+=("$name: $((errors + bad)) failed" "${told[@]}")
    fi
    grep -E -A 2 '\[SKIP\]' "$log"
    passed=$((passed + total - errors - bad - skip)) failed=$((failed + errors + bad)) skipped=$((skipped + skip))
done
if [[ "fuzz" == *"$pattern"* ]]; then
    step "fuzz (${WHARF_FUZZ_SECONDS:-20} s; fuzz/README.md says how to run it longer)"
    if dotnet run -c Release --project fuzz/Wharf.Fuzz -- --seconds "${WHARF_FUZZ_SECONDS:-20}" >out/test/fuzz.log 2>&1; then
        passed=$((passed + 1))
    else
        cat out/test/fuzz.log; broken+=("fuzz: a parser failed"); failed=$((failed + 1))
    fi
fi
# Once more at the end, where the last screen of a long log shows it.
for b in "${broken[@]}"; do echo "FAILED: $b"; done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
