"""What users of python3-docker do; every step asserts."""
import io
import tarfile

import docker

client = docker.from_env()
assert client.ping() is True
assert client.version()["ApiVersion"] == "1.55"
assert client.info()["Driver"]

assert client.containers.run("busybox", "echo from python", remove=True) == b"from python\n"
try:
    client.containers.run("busybox", ["sh", "-c", "echo bad >&2; exit 4"], remove=True)
    raise AssertionError("a failing container must raise")
except docker.errors.ContainerError as error:
    assert error.exit_status == 4 and b"bad" in error.stderr

container = client.containers.run(
    "busybox", ["sh", "-c", "echo started; exec sleep 600"], detach=True, name="py-life", environment={"A": "b"},
    labels={"made": "by-python"}, mem_limit="64m", ports={"80/tcp": None}, volumes={"py-data": {"bind": "/data", "mode": "rw"}})
container.reload()
assert container.status == "running"
assert container.attrs["HostConfig"]["Memory"] == 64 << 20
assert container.ports["80/tcp"][0]["HostPort"]
code, output = container.exec_run(["sh", "-c", "echo $A; id -u"], user="1")
assert (code, output) == (0, b"b\n1\n")
code, (out, err) = container.exec_run(["sh", "-c", "echo o; echo e >&2"], demux=True)
assert (out, err) == (b"o\n", b"e\n")
assert container.logs() == b"started\n"
assert container.top()["Processes"]
assert container.stats(stream=False)["memory_stats"]["usage"] > 0

data = io.BytesIO()
with tarfile.open(fileobj=data, mode="w") as tar:
    member = tarfile.TarInfo("note")
    member.size = 4
    tar.addfile(member, io.BytesIO(b"text"))
assert container.put_archive("/tmp", data.getvalue())
stream, stat = container.get_archive("/tmp/note")
assert stat["name"] == "note" and stat["size"] == 4 and b"text" in b"".join(stream)
assert any(change["Path"] == "/tmp/note" for change in container.diff())

assert [c.name for c in client.containers.list(filters={"label": "made=by-python"})] == ["py-life"]
container.pause()
container.reload()
assert container.status == "paused"
container.unpause()
container.rename("py-renamed")
container.update(mem_limit="128m", memswap_limit="256m")
container.restart(timeout=0)
container.kill()
assert container.wait()["StatusCode"] == 137
container.remove(v=True)
client.volumes.get("py-data").remove()
try:
    client.containers.get("py-renamed")
    raise AssertionError("a removed container must not be found")
except docker.errors.NotFound:
    pass

image = client.images.get("busybox")
assert image.tag("py/copy", "v1")
assert "py/copy:v1" in client.images.get("py/copy:v1").tags
client.images.remove("py/copy:v1")
print("the Python SDK is content")
