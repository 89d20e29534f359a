#!/usr/bin/env python3
"""Builds of Dockerfiles: wharf, dockerd's classic builder, dockerd's BuildKit and buildah, interleaved in one run.

usage: compare.py [--rounds N] [--only WORD] [--peers wharf,classic,buildkit,buildah]

Prints medians and what part of each peer's time wharf takes. As root, after ./build.sh. Peers are the Debian packages docker.io and
buildah (with crun or runc); whatever of them is missing is left out. Times are of whole commands, client included.
"""
import argparse, os, re, shutil, signal, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.realpath(__file__))
REPO = os.path.dirname(os.path.dirname(HERE))
BIN = os.path.join(REPO, "out", "bin")
STEPS = 10
FILES = 20000
BIG = 200 << 20
HUGE = 1 << 30


def run(command, env=None, check=True):
    done = subprocess.run(command, env=os.environ | (env or {}), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if check and done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed: {done.stdout}{done.stderr}")
    return done.stdout


class Daemon:
    """A daemon in a network namespace of its own."""

    def __init__(self, root, name, program, flags, private_mounts):
        self.name, self.netns = name, f"wharf-bench-{os.getpid()}-{name}"
        self.root, self.sock = os.path.join(root, name), os.path.join(root, name + ".sock")
        run(["ip", "netns", "add", self.netns])
        run(["ip", "-n", self.netns, "link", "set", "lo", "up"])
        enter = ["nsenter", f"--net=/run/netns/{self.netns}"] + (["unshare", "-m", "--propagation", "private"] if private_mounts else [])
        self.log = open(self.root + ".log", "w")
        self.process = subprocess.Popen(enter + [program, "--data-root", self.root, "--exec-root", self.root + "x", "--pidfile", self.root + ".pid",
                                                 "-H", "unix://" + self.sock, "--cgroup-parent", "/" + self.netns] + flags, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 30
        while subprocess.run(["curl", "-sf", "--unix-socket", self.sock, "http://d/_ping"], capture_output=True).returncode != 0:
            if time.monotonic() > deadline or self.process.poll() is not None:
                sys.exit(f"{program} does not answer: {open(self.root + '.log').read()[-2000:]}")
            time.sleep(0.02)

    def pid(self):
        return int(open(self.root + ".pid").read())

    def peak(self):
        """Kilobytes of the daemon's largest resident set since the last reset."""
        return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{self.pid()}/status").read()).group(1))

    def reset_peak(self):
        with open(f"/proc/{self.pid()}/clear_refs", "w") as f:
            f.write("5")

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        run(["ip", "netns", "del", self.netns], check=False)
        for folder, folders, _ in os.walk("/sys/fs/cgroup", topdown=False):
            if f"/{self.netns}" in folder:
                try:
                    os.rmdir(folder)
                except OSError as e:
                    print(f"left behind: {e}", file=sys.stderr)


class Peer:
    def __init__(self, name, command, env, daemon=None):
        self.name, self.command, self.env, self.daemon = name, command, env, daemon

    def build(self, context, tag, *flags):
        start = time.perf_counter()
        run([*self.command, *flags, "-t", tag, context], self.env)
        return time.perf_counter() - start


def report(label, times):
    ours = statistics.median(times["wharf"])
    line = f"{label:44} wharf {ours * 1000:9.1f} ms"
    for name, samples in times.items():
        if name != "wharf" and samples:
            theirs = statistics.median(samples)
            line += f"   {name} {theirs * 1000:9.1f} (1/{theirs / ours:.1f})"
    print(line, flush=True)


def measure(label, peers, rounds, act):
    times = {p.name: [] for p in peers}
    for i in range(rounds):
        for p in peers:
            seconds = act(p, i)
            if seconds is not None:
                times[p.name].append(seconds)
    report(label, times)


def folder(path, dockerfile):
    os.makedirs(path)
    with open(os.path.join(path, "Dockerfile"), "w") as f:
        f.write(dockerfile)
    return path


def many_files(path):
    """Salted, so that no two folders have a layer in common: a first time is one without anything having to be removed before."""
    folder(path, "FROM busybox\nCOPY tree /tree\n")
    salt = os.path.basename(path)
    for i in range(FILES):
        if i % 200 == 0:
            os.makedirs(f"{path}/tree/d{i // 200}")
        with open(f"{path}/tree/d{i // 200}/file{i}.txt", "w") as f:
            f.write(f"{salt} {i} small file\n" * (1 + i % 100))
    return path


def big_file(path, size):
    folder(path, "FROM busybox\nCOPY big /big\n")
    with open(path + "/big", "wb") as f:
        for _ in range(size >> 20):
            f.write(os.urandom(1 << 20))
    return path


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--only", default="")
    arguments.add_argument("--peers", default="wharf,classic,buildkit,buildah")
    options = arguments.parse_args()
    wanted = options.peers.split(",")
    root = tempfile.mkdtemp(prefix="wharf-bench-build-", dir="/var/tmp")
    os.environ["DOCKER_CONFIG"] = os.path.join(root, "config")
    os.mkdir(os.environ["DOCKER_CONFIG"])
    with open(os.path.join(root, "config", "config.json"), "w") as f:
        f.write("{}")
    daemons, peers = [], []
    try:
        image = run([os.path.join(REPO, "test/images/make.sh"), "busybox"]).strip()
        ours = Daemon(root, "wharf", os.path.join(BIN, "wharfd"), [], private_mounts=False)
        daemons.append(ours)
        peers.append(Peer("wharf", [os.path.join(BIN, "wharf"), "build"], {"DOCKER_HOST": "unix://" + ours.sock}, ours))
        if shutil.which("dockerd") and os.path.exists("/usr/bin/docker") and {"classic", "buildkit"} & set(wanted):
            theirs = Daemon(root, "dockerd", "dockerd", ["--storage-driver", "overlay2"], private_mounts=True)
            daemons.append(theirs)
            for name, kit in ("classic", "0"), ("buildkit", "1"):
                if name in wanted:
                    peers.append(Peer(name, ["/usr/bin/docker", "build"], {"DOCKER_HOST": "unix://" + theirs.sock, "DOCKER_BUILDKIT": kit}, theirs))
        if shutil.which("buildah") and "buildah" in wanted:
            store = ["--root", root + "/buildah", "--runroot", root + "/buildahx", "--storage-driver", "overlay"]
            peers.append(Peer("buildah", ["buildah", *store, "build", "--layers", "--isolation", "chroot"], {}))
            run(["buildah", *store, "pull", f"docker-archive:{image}"])
            run(["buildah", *store, "tag", "localhost/busybox:latest", "docker.io/library/busybox:latest"], check=False)
        for d in daemons:
            run([os.path.join(BIN, "wharf"), "load", "-q", "-i", image], {"DOCKER_HOST": "unix://" + d.sock})
        paths(root, peers, options)
    finally:
        for d in daemons:
            d.close()
        run(["sh", "-c", f"umount -l {root}/*/*/* {root}/*/* 2>/dev/null; rm -rf {root}"], check=False)


def settle():
    """What the preparation wrote is not to be written while somebody is measured."""
    os.sync()
    time.sleep(4)


def paths(root, peers, options):
    rounds, chosen = options.rounds, lambda word: options.only in word
    if chosen("steps"):
        steps = folder(root + "/steps", "FROM busybox\n" + "".join(f"RUN echo {i} >/f{i}\n" for i in range(STEPS)))
        measure(f"{STEPS} trivial RUN steps, cold", peers, rounds, lambda p, i: p.build(steps, "steps", "--no-cache"))
        for p in peers:
            p.build(steps, "steps")
        measure("the same, all cached", peers, rounds * 2, lambda p, i: p.build(steps, "steps"))
    if chosen("branches"):
        one = folder(root + "/one", "FROM busybox\nARG N\nRUN echo $N; sleep 2\n")
        two = folder(root + "/two", "FROM busybox AS a\nARG N\nRUN echo a $N; sleep 2; echo a >/a\nFROM busybox AS b\nARG N\nRUN echo b $N; sleep 2; echo b >/b\n"
                     "FROM busybox\nCOPY --from=a /a /a\nCOPY --from=b /b /b\n")
        measure("one branch of 2 s", peers, 1, lambda p, i: p.build(one, "one", "--no-cache", "--build-arg", f"N={p.name}"))
        measure("two independent branches of 2 s each", peers, 1, lambda p, i: p.build(two, "two", "--no-cache", "--build-arg", f"N={p.name}"))
    if chosen("files"):
        # Twice at most: each makes 20,000 files for each peer.
        many = [many_files(f"{root}/many{i}") for i in range(min(2, rounds))]
        settle()
        measure(f"context of {FILES} small files, first time", peers, len(many), lambda p, i: p.build(many[i], "many"))
        measure("the same again", peers, rounds, lambda p, i: p.build(many[-1], "many"))

        def touch_one(p, i):
            with open(f"{many[-1]}/tree/d7/file1400.txt", "w") as f:
                f.write(f"{p.name} {i} {time.time()}")
            return p.build(many[-1], "many")
        measure("the same with one file changed", peers, 1, touch_one)
    if chosen("big"):
        big = [big_file(f"{root}/big{i}", BIG) for i in range(max(1, rounds // 2))]
        settle()
        measure("context of one 200 MB file, first time", peers, len(big), lambda p, i: p.build(big[i], "big"))
        measure("the same again", peers, rounds, lambda p, i: p.build(big[-1], "big"))
    if chosen("memory"):
        huge = big_file(root + "/huge", HUGE)
        for p in peers:
            if p.daemon is not None:
                before = p.daemon.peak()
                p.daemon.reset_peak()
                seconds = p.build(huge, "huge")
                print(f"COPY of 1 GB: {p.name:10} {seconds * 1000:9.1f} ms, daemon's peak {p.daemon.peak() / 1024:.0f} MB (before: {before / 1024:.0f} MB)", flush=True)


main()
