"""A session of docker-py against the service: each step asserts, the last line is printed when all held."""
import io
import sys
import tarfile
import time

import docker
from docker.errors import APIError, ContainerError, ImageNotFound, NotFound

began = int(time.time())
client = docker.DockerClient(base_url=sys.argv[1], timeout=60)
assert client.ping()
assert client.version()["Os"] == "linux"
assert "busybox:latest" in [tag for image in client.images.list() for tag in image.tags]

# run to the end, with the output and the exit code
assert client.containers.run("busybox", "echo hi", remove=True) == b"hi\n"
try:
    client.containers.run("busybox", ["sh", "-c", "echo no >&2; exit 3"], remove=True)
    raise AssertionError("an exit code of 3 is an error")
except ContainerError as error:
    assert error.exit_status == 3 and b"no" in error.stderr

# what is not there
for missing in (lambda: client.containers.get("nobody"), lambda: client.networks.get("nowhere"), lambda: client.volumes.get("nothing")):
    try:
        missing()
        raise AssertionError("found what is not there")
    except NotFound:
        pass
try:
    client.images.get("absent:1")
    raise AssertionError("found an image that is not there")
except ImageNotFound:
    pass

# a long-running one: labels, exec, streams, files, statistics, limits
network = client.networks.create("py-net", labels={"session": "py"})
volume = client.volumes.create("py-volume")
box = client.containers.run("busybox", "sleep 1000", name="py-box", detach=True, labels={"session": "py"}, mem_limit="64m",
                            network="py-net", volumes={"py-volume": {"bind": "/data", "mode": "rw"}}, environment={"A": "b"})
assert [found.name for found in client.containers.list(filters={"label": "session=py"})] == ["py-box"]
code, output = box.exec_run(["sh", "-c", "echo $A; exit 5"])
assert (code, output) == (5, b"b\n"), (code, output)
code, (out, err) = box.exec_run(["sh", "-c", "echo out; echo err >&2"], demux=True)
assert (out, err) == (b"out\n", b"err\n")
packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w") as tar:
    entry = tarfile.TarInfo("letter")
    entry.size = 5
    tar.addfile(entry, io.BytesIO(b"hello"))
assert box.put_archive("/data", packed.getvalue())
stream, stat = box.get_archive("/data/letter")
assert stat["name"] == "letter" and stat["size"] == 5
with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
    assert tar.extractfile("letter").read() == b"hello"
assert box.stats(stream=False)["memory_stats"]["limit"] == 64 << 20
assert "sleep 1000" in " ".join(" ".join(process) for process in box.top()["Processes"])
box.pause()
box.reload()
assert box.status == "paused"
box.unpause()
box.rename("py-renamed")
assert client.containers.get("py-renamed").id == box.id
box.update(mem_limit="96m", memswap_limit="192m")
box.reload()
assert box.attrs["HostConfig"]["Memory"] == 96 << 20

# followed logs end with the container
talker = client.containers.run("busybox", ["sh", "-c", "for i in 1 2 3; do echo line $i; done"], detach=True)
assert b"".join(talker.logs(stream=True, follow=True)) == b"line 1\nline 2\nline 3\n"
assert talker.wait()["StatusCode"] == 0
talker.remove()

# an image of what was changed, and one that is built
box.exec_run("touch /made-here")
image = box.commit("py/committed", "1")
assert client.containers.run("py/committed:1", "ls /made-here", remove=True) == b"/made-here\n"
built, lines = client.images.build(fileobj=io.BytesIO(b"FROM busybox\nRUN echo built > /made\nCMD cat /made\n"), tag="py/built", rm=True)
assert client.containers.run("py/built", remove=True) == b"built\n"

# in use, then gone
try:
    volume.remove()
    raise AssertionError("removed a volume in use")
except APIError as error:
    assert error.status_code == 409
box.remove(force=True)
volume.remove()
network.remove()
for name in ("py/built", "py/committed:1"):
    client.images.remove(name)
events = client.events(since=began, until=int(time.time()) + 1, decode=True, filters={"container": box.id})
assert {"create", "start", "die", "destroy", "pause", "unpause", "rename", "update"} <= {event["Action"] for event in events}
print("session complete")
