#!/usr/bin/env bash
# Makes a Debian repository of packages and of all that the test image debian lacks for them, so that builds can install them without a way out. The host's own apt
# says where they come from. Cached beside the test images; prints its folder.
# Usage: test/images/repository.sh NAME PACKAGE...
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../../build/common.sh"
name=$1; shift
cache=${WHARF_TEST_IMAGES:-/var/cache/wharf-test-images}
image=$("$here/make.sh" debian)
need_packages dpkg-dev >&2
(
    flock 9
    [ ! -e "$cache/$name.debs/Packages" ] || exit 0
    step "downloading the packages of $name"
    stage=$(mktemp -d "$cache/.debs.XXXXXX")
    mkdir -p "$stage/debs/partial"
    tar -xOf "$image" layer.tar | tar -xO ./var/lib/dpkg/status >"$stage/status"
    download() {
        apt-get install -y -q --no-install-recommends --download-only -o Dir::State::status="$stage/status" -o Dir::Cache::archives="$stage/debs" -o APT::Sandbox::User=root "$@" >&2
    }
    download "$@" || { apt-get update -q >&2; download "$@"; }
    rm -rf "$stage/debs/partial" "$stage/debs/lock"
    (cd "$stage/debs" && dpkg-scanpackages -m . /dev/null >Packages 2>/dev/null)
    chmod -R a+rX "$stage/debs"
    rm -rf "$cache/$name.debs"
    mv "$stage/debs" "$cache/$name.debs"
    rm -rf "$stage"
) 9>"$cache/.$name.debs.lock"
echo "$cache/$name.debs"
