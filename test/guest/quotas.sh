# Read by checks.sh: sizes of containers (--storage-opt size=) on file systems with project quotas, which run.sh gives as disks.
mkdir -p /mnt/quota
engine=$DOCKER_HOST
export DOCKER_HOST=unix:///run/quota.sock
quota_daemon() { # OPTION...: an engine of its own, beside the other
    # in a network of its own: the firewall has one master
    unshare -n wharfd --data-root /mnt/quota/wharf --exec-root /run/quota --pidfile /run/quota.pid -H unix:///run/quota.sock --storage-driver overlay2 --bridge none "$@" \
        >>/tmp/quota.log 2>&1 &
    quota_job=$!
    i=0; until wharf version >/dev/null 2>&1 || [ $i -ge 600 ] || ! kill -0 $quota_job 2>/dev/null; do i=$((i + 1)); sleep 0.1; done
}
quota_end() { kill -TERM $quota_job; wait $quota_job; }
write() { echo "dd if=/dev/zero of=$1 bs=1M count=$2 2>&1 | grep -oE 'No space left|quota exceeded' || echo written"; }
bounded() { case "$1" in "No space left"|"quota exceeded") echo bounded ;; *) echo "$1" ;; esac; }

for kind in xfs ext4; do
    [ $kind = xfs ] && disk=/dev/vda || disk=/dev/vdb
    mount -t $kind -o prjquota $disk /mnt/quota || { check "$kind with project quotas" mounted no; continue; }
    quota_daemon
    wharf load -q -i /images/busybox.tar >/dev/null
    check "$kind: a container takes what its size allows" written "$(wharf run --rm --storage-opt size=20M busybox sh -c "$(write /big 10)" 2>&1)"
    check "$kind: and no more" bounded "$(bounded "$(wharf run --rm --storage-opt size=20M busybox sh -c "$(write /big 40)" 2>&1)")"
    check "$kind: it sees its size" 20 "$(wharf run --rm --storage-opt size=20M busybox df -m / | awk 'NR == 2 { print $2 }')"
    check "$kind: one without a size is not bounded" written "$(wharf run --rm busybox sh -c "$(write /big 40)" 2>&1)"
    wharf run --name first --storage-opt size=20M busybox sh -c "$(write /big 15)" >/dev/null
    quota_end; quota_daemon
    check "$kind: after a restart another has a bound of its own" written "$(wharf run --name second --storage-opt size=20M busybox sh -c "$(write /big 15)" 2>&1)"
    wharf container prune -f >/dev/null
    wharf create --name copied --storage-opt size=20M busybox sh -c "$(write /more 40)" >/dev/null
    dd if=/dev/zero of=/tmp/ten bs=1M count=10 2>/dev/null; wharf cp /tmp/ten copied:/ten >/dev/null 2>&1
    check "$kind: what is copied in counts" bounded "$(bounded "$(wharf start -a copied 2>&1)")"
    wharf commit copied kept >/dev/null
    check "$kind: a committed image is not bounded" written "$(wharf run --rm kept sh -c "$(write /big 40)" 2>&1)"
    id=$(wharf inspect -f '{{.Id}}' copied); rm -rf /mnt/quota/wharf/overlay2/$id
    check "$kind: a directory that is lost is made again" 1 "$(wharf system check --repair 2>&1 | grep -c 'made again, empty')"
    check "$kind: with its bound" bounded "$(bounded "$(wharf start -a copied 2>&1)")"
    wharf run --name third --storage-opt size=20M busybox sh -c "$(write /big 15)" >/dev/null
    id=$(wharf inspect -f '{{.Id}}' third); quota_end
    # what is read-only waits for its deletion
    late=/mnt/quota/wharf/trash/late; mv /mnt/quota/wharf/overlay2/$id $late; mount --bind $late/diff $late/diff; mount -o remount,ro,bind $late/diff
    quota_daemon
    check "$kind: a bound does not count what waits in the trash" written "$(wharf run --rm --storage-opt size=20M busybox sh -c "$(write /big 15)" 2>&1)"
    check "$kind: it did wait" 15728640 "$(stat -c %s $late/diff/big)"
    umount $late/diff
    check "$kind: an unknown option" 1 "$(wharf run --rm --storage-opt nonsense=1 busybox true 2>&1 | grep -c 'Unknown option nonsense')"
    check "$kind: a size that is none" 1 "$(wharf run --rm --storage-opt size=lots busybox true 2>&1 | grep -c "invalid size: 'lots'")"
    wharf rm -f copied >/dev/null; quota_end

    quota_daemon --storage-opt overlay2.size=20M
    check "$kind: the daemon's size is everybody's" bounded "$(bounded "$(wharf run --rm busybox sh -c "$(write /big 40)" 2>&1)")"
    check "$kind: but for those that ask for another" written "$(wharf run --rm --storage-opt size=100M busybox sh -c "$(write /big 40)" 2>&1)"
    check "$kind: steps of a build too" 1 "$(printf 'FROM busybox\nRUN dd if=/dev/zero of=/big bs=1M count=40\n' | wharf build --network none -q - 2>&1 | grep -cE 'No space left|quota exceeded')"
    wharf rm -f $(wharf ps -aq) >/dev/null 2>&1; quota_end
    umount /mnt/quota
done

mount -t xfs /dev/vda /mnt/quota && {
    quota_daemon
    check "xfs without pquota: a size is refused" 1 \
        "$(wharf run --rm --storage-opt size=20M busybox true 2>&1 | grep -c "storage-opt is supported only for overlay over xfs with 'pquota' mount option")"
    quota_end; quota_daemon --storage-opt overlay2.size=20M
    check "xfs without pquota: the daemon does not start with one" 1 "$(grep -c 'overlay2.size not supported' /tmp/quota.log)"
    umount /mnt/quota
}
[ $failed -eq 0 ] || tail -20 /tmp/quota.log
export DOCKER_HOST=$engine
