#!/usr/bin/env bash
# Boots Debian's kernel in a small virtual machine with cgroup v2 alone and our published programs, runs checks.sh in it with wharfd, and prints
# what that prints. Usage: test/guest/run.sh     exit status: 0 all checks passed, 1 one failed, 77 no virtual machine can be had here
# Needs root, out/bin (./build.sh) and the Debian packages below. WHARF_GUEST_CACHE names the folder of the unpacked kernel.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../../build/common.sh"
cache=${WHARF_GUEST_CACHE:-/var/cache/wharf-test-guest}
bin=$here/../../out/bin
for program in wharfd wharf wharf-shim wharf-oci; do [ -x "$bin/$program" ] || fail "$bin/$program is missing: run ./build.sh first"; done
command -v apt-get >/dev/null || { echo "no apt-get: the guest's kernel comes from a Debian package"; exit 77; }
need_packages qemu-system-x86 busybox-static cpio kmod xfsprogs e2fsprogs
mkdir -p "$cache"
exec 9>"$cache/.lock"; flock 9

if [ ! -e "$cache/version" ]; then
    step "unpacking the guest's kernel"
    stage=$(mktemp -d "$cache/.stage.XXXXXX"); chmod 755 "$stage"
    package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -1)
    [ -n "$package" ] || { echo "no package linux-image-cloud-amd64 in the package sources"; exit 77; }
    (cd "$stage" && apt-get download -q "$package" >&2 && dpkg-deb -x ./*.deb .)
    rm -rf "$cache/modules"
    mv "$stage"/lib/modules/* "$cache/modules"
    mv "$stage"/boot/vmlinuz-* "$cache/vmlinuz"
    basename "$stage"/boot/System.map-* | sed 's/^System.map-//' >"$cache/version"
    rm -rf "$stage"
fi

tree=$(mktemp -d "$cache/.tree.XXXXXX")
trap 'rm -rf "$tree" "$tree".*' EXIT
mkdir -p "$tree"/{bin,lib64,lib/x86_64-linux-gnu,images,tmp,etc,root}
cp /bin/busybox "$tree/bin/"
for applet in $(busybox --list); do [ "$applet" = busybox ] || ln -s busybox "$tree/bin/$applet"; done
cp "$bin"/{wharfd,wharf,wharf-shim,wharf-oci} "$tree/bin/"
cp -L /lib64/ld-linux-x86-64.so.2 "$tree/lib64/"
cp -L /lib/x86_64-linux-gnu/{libc.so.6,libm.so.6,libdl.so.2,libpthread.so.0} /usr/lib/x86_64-linux-gnu/lib{ssl,crypto}.so.3 "$tree/lib/x86_64-linux-gnu/"
# the modules of networks and layers; the kernel loads by itself what a rule of the firewall needs
version=$(cat "$cache/version")
modules=$tree/lib/modules/$version
mkdir -p "$modules/kernel/fs" "$modules/kernel/drivers/net"
cp "$cache"/modules/modules.{builtin,builtin.modinfo,order} "$modules/"
cp -r "$cache"/modules/kernel/{net,lib,crypto} "$modules/kernel/"
cp -r "$cache"/modules/kernel/fs/{overlayfs,xfs,quota} "$modules/kernel/fs/"
mkdir -p "$modules/kernel/drivers/block"
cp -r "$cache"/modules/kernel/drivers/virtio "$modules/kernel/drivers/"
cp "$cache"/modules/kernel/drivers/block/virtio_blk.ko "$modules/kernel/drivers/block/"
cp "$cache"/modules/kernel/drivers/net/{veth,tun}.ko "$modules/kernel/drivers/net/"
depmod -b "$tree" "$version"
cp "$("$here/../images/make.sh" busybox)" "$tree/images/busybox.tar"
cp "$here"/{init,checks.sh,quotas.sh} "$tree/"; chmod 755 "$tree/init" "$tree/checks.sh"
printf 'root:x:0:0:root:/root:/bin/sh\n' >"$tree/etc/passwd"
printf 'root:x:0:\n' >"$tree/etc/group"
(cd "$tree" && find . | cpio -o -H newc --quiet) >"$tree.cpio"

# disks with project quotas, xfs and ext4; the smallest that mkfs.xfs makes
truncate -s 300M "$tree.xfs"; mkfs.xfs -q "$tree.xfs"
truncate -s 300M "$tree.ext4"; mkfs.ext4 -q -O project,quota -E quotatype=prjquota "$tree.ext4"

boot() { # SECONDS INITRD ACCELERATION...
    local seconds=$1 initrd=$2; shift 2
    timeout -s KILL "$seconds" qemu-system-x86_64 "$@" -smp 2 -m 1536 -nodefaults -no-reboot -display none -serial stdio \
        -drive "if=virtio,format=raw,file=$tree.xfs" -drive "if=virtio,format=raw,file=$tree.ext4" \
        -kernel "$cache/vmlinuz" -initrd "$initrd" -append "console=ttyS0 loglevel=1 panic=-1 cgroup_no_v1=all random.trust_cpu=on" </dev/null 2>&1 | tr -d '\r'
}

# Without KVM, or where it is there but does not run this kernel (some nested machines), everything is emulated: slower, and the same.
acceleration=(-machine q35,accel=tcg -cpu max)
if [ -w /dev/kvm ]; then
    cpio -o -H newc --quiet </dev/null >"$tree.empty"
    if boot 12 "$tree.empty" -machine q35,accel=kvm -cpu host | grep -q 'Kernel panic'; then acceleration=(-machine q35,accel=kvm -cpu host); fi
    rm -f "$tree.empty"
fi
echo "machine: ${acceleration[*]}"
log=$(mktemp)
boot "${WHARF_GUEST_TIMEOUT:-900}" "$tree.cpio" "${acceleration[@]}" >"$log" || true
sed -n '/^== guest/,$p' "$log"
if grep -q '^== all checks passed' "$log"; then rm -f "$log"; exit 0; fi
grep -q '^== guest' "$log" || tail -40 "$log"
rm -f "$log"
exit 1
