#!/usr/bin/env python3
"""One bundle, several OCI runtimes, interleaved: wharf-oci run against crun and runc.

usage: compare.py WHARF_OCI [N]

Prints the median and minimum wall time and CPU time of "RUNTIME run" for a busybox "true" with Docker's usual settings, and the ratios
to wharf-oci. Needs root, busybox-static, and whatever of crun and runc is to be compared. crun 1.8 refuses hosts that mount v1 and
v2 cgroups side by side; it is then run where the v2 tree is unmounted in a private mount namespace, as is every other runtime.
"""
import json, os, shutil, statistics, subprocess, sys, tempfile, time, resource

MASKED = ["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"]
READONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]


def bundle(directory, wharf):
    root = os.path.join(directory, "rootfs")
    os.makedirs(root + "/bin")
    shutil.copy("/bin/busybox", root + "/bin/busybox")
    os.symlink("busybox", root + "/bin/true")
    subprocess.check_call([wharf, "spec", "--bundle", directory])
    path = os.path.join(directory, "config.json")
    config = json.load(open(path))
    config["process"].update({"terminal": False, "args": ["true"]})
    config["process"]["capabilities"].pop("ambient", None)
    config["process"].pop("rlimits", None)
    config["ociVersion"] = "1.0.2"  # older peers refuse newer ones
    config["root"]["readonly"] = False
    config["linux"]["maskedPaths"] = MASKED
    config["linux"]["readonlyPaths"] = READONLY
    config["linux"]["cgroupsPath"] = "/wharf-bench/c"
    json.dump(config, open(path, "w"))


def once(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stderr.decode()}")
    return wall * 1e3, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def main():
    wharf, count = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 40
    if os.environ.get("WHARF_BENCH_PRIVATE") is None and os.path.isdir("/sys/fs/cgroup/unified"):
        os.environ["WHARF_BENCH_PRIVATE"] = "1"
        os.execvp("unshare", ["unshare", "-m", "--propagation", "private", "sh", "-c", "umount /sys/fs/cgroup/unified; exec \"$@\"", "sh", sys.executable, *sys.argv])
    runtimes = {"wharf-oci": wharf} | {name: shutil.which(name) for name in ("crun", "runc") if shutil.which(name)}
    with tempfile.TemporaryDirectory(prefix="wharf-bench-") as directory:
        bundle(directory, wharf)
        results = {name: [] for name in runtimes}
        for i in range(count + 2):
            for name, path in runtimes.items():
                sample = once([path, "--root", f"{directory}/{name}", "run", "--bundle", directory, f"{name}{i}"])
                if i >= 2:
                    results[name].append(sample)
    base = statistics.median(w for w, _ in results["wharf-oci"])
    base_cpu = statistics.median(c for _, c in results["wharf-oci"])
    for name, samples in results.items():
        wall, cpu = [w for w, _ in samples], [c for _, c in samples]
        print(f"{name:10} wall median {statistics.median(wall):7.1f} ms, min {min(wall):6.1f}; cpu median {statistics.median(cpu):6.1f} ms, min {min(cpu):5.1f};"
              f" wharf-oci takes {base / statistics.median(wall):.2f} of its wall, {base_cpu / statistics.median(cpu):.2f} of its cpu")


main()
