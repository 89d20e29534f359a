#!/usr/bin/env bash
# Makes the test images from Debian packages, as docker-archives (input of `load`), cached outside the repository.
# Usage: test/images/make.sh [image...]     images: busybox alpine debian ubuntu nginx redis python; without arguments: busybox
# Prints the path of each archive. WHARF_TEST_IMAGES names the cache folder (default /var/cache/wharf-test-images).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../../build/common.sh"
cache=${WHARF_TEST_IMAGES:-/var/cache/wharf-test-images}
mkdir -p "$cache"
export SOURCE_DATE_EPOCH=1700000000

# archive NAME ROOTFS.tar CONFIG-JSON: one layer, one config, one manifest
archive() {
    local name=$1 rootfs=$2 config=$3 stage diff id
    stage=$(mktemp -d "$cache/.stage.XXXXXX")
    diff=$(sha256sum "$rootfs" | cut -d' ' -f1)
    mv "$rootfs" "$stage/layer.tar"
    printf '{"architecture":"amd64","os":"linux","created":"2023-11-14T22:13:20Z","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created":"2023-11-14T22:13:20Z","created_by":"/bin/sh -c #(nop) ADD file:%s in / "}]}' \
        "$config" "$diff" "$diff" >"$stage/config.json"
    id=$(sha256sum "$stage/config.json" | cut -d' ' -f1)
    mv "$stage/config.json" "$stage/$id.json"
    printf '[{"Config":"%s.json","RepoTags":["%s:latest"],"Layers":["layer.tar"]}]' "$id" "$name" >"$stage/manifest.json"
    tar --sort=name --owner=0 --group=0 --mtime=@$SOURCE_DATE_EPOCH -C "$stage" -cf "$cache/.$name.tar" manifest.json "$id.json" layer.tar
    mv "$cache/.$name.tar" "$cache/$name.tar"
    rm -rf "$stage"
}

pack() { tar --sort=name --numeric-owner --mtime=@$SOURCE_DATE_EPOCH -C "$1" -cf "$2" .; }

busybox_tree() {
    local root=$1 applet
    mkdir -p "$root"/{bin,dev,etc,home,proc,root,sys,tmp,usr/bin,usr/sbin,sbin,var/spool/mail,var/www}
    chmod 1777 "$root/tmp"; chmod 700 "$root/root"
    cp /bin/busybox "$root/bin/busybox"
    for applet in $("$root/bin/busybox" --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
    ln -s ../../bin/env "$root/usr/bin/env"
    printf 'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nbin:x:2:2:bin:/bin:/bin/false\nwww-data:x:33:33:www-data:/var/www:/bin/false\noperator:x:37:37:Operator:/var:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n' >"$root/etc/passwd"
    printf 'root:x:0:\ndaemon:x:1:\nbin:x:2:\ntty:x:5:\nwww-data:x:33:\noperator:x:37:daemon\nusers:x:100:\nnogroup:x:65534:\n' >"$root/etc/group"
}

debian_image() { # NAME PACKAGES CONFIG
    local name=$1 packages=$2 config=$3
    need_packages mmdebstrap
    local rootfs=$cache/.$name.rootfs.tar
    # The host's own package sources say where packages come from.
    { cat /etc/apt/sources.list.d/debian.sources 2>/dev/null || cat /etc/apt/sources.list; } | grep -v '^#' |
        mmdebstrap --quiet --variant=minbase ${packages:+--include="$packages"} --dpkgopt='path-exclude=/usr/share/doc/*' \
            --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --aptopt='Apt::Install-Recommends "false"' \
            --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin' bookworm "$rootfs" - >&2
    archive "$name" "$rootfs" "$config"
}

path='"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]'
[ $# -gt 0 ] || set -- busybox
for image in "$@"; do
    (
        flock 9
        [ ! -s "$cache/$image.tar" ] || exit 0
        step "making the test image $image"
        case $image in
        busybox | alpine)
            need_packages busybox-static
            tree=$(mktemp -d "$cache/.tree.XXXXXX"); chmod 755 "$tree"; busybox_tree "$tree"
            command='["sh"]'
            [ $image = busybox ] || { printf 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.0\n' >"$tree/etc/os-release"; echo 3.20.0 >"$tree/etc/alpine-release"; command='["/bin/sh"]'; }
            pack "$tree" "$cache/.$image.rootfs.tar"
            rm -rf "$tree"
            archive $image "$cache/.$image.rootfs.tar" "{$path,\"Cmd\":$command}"
            ;;
        debian) debian_image debian "" "{$path,\"Cmd\":[\"bash\"]}" ;;
        ubuntu) debian_image ubuntu "" "{$path,\"Cmd\":[\"/bin/bash\"]}" ;;
        nginx) debian_image nginx nginx-light "{$path,\"ExposedPorts\":{\"80/tcp\":{}},\"Cmd\":[\"nginx\",\"-g\",\"daemon off;\"],\"StopSignal\":\"SIGQUIT\"}" ;;
        redis) debian_image redis redis-server "{$path,\"ExposedPorts\":{\"6379/tcp\":{}},\"Volumes\":{\"/data\":{}},\"WorkingDir\":\"/data\",\"Cmd\":[\"redis-server\",\"--protected-mode\",\"no\"]}" ;;
        python) debian_image python python3-minimal "{$path,\"Cmd\":[\"python3\"]}" ;;
        *) fail "unknown test image '$image': choose from busybox alpine debian ubuntu nginx redis python" ;;
        esac
    ) 9>"$cache/.$image.lock"
    echo "$cache/$image.tar"
done
