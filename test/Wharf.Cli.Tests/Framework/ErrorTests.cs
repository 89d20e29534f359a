using Wharf.Testing;

namespace Wharf.Cli.Tests.Framework;

public sealed class ErrorTests
{
    // nothing of this reaches an engine: the texts and statuses are the client's own
    private static readonly string[] Lines =
    [
        "run --bogus x", "run -m abc x", "run", "ps -zq", "ps --filter", "run -e", "bogus", "container bogus", "ps extra", "rename a", "volume create --foo",
        "run --name", "ps -n abc", "run --memory-swappiness x y", "run --rm=foo x", "network create", "run -p 99999999 busybox", "stop", "inspect",
        "run --health-interval x busybox", "run --health-interval 5 busybox", "run --ulimit foo busybox", "run --ulimit nofile=5:3 busybox", "--bogus", "-x", "ps -a -f foo",
        "run -d --rm --restart=always busybox", "run --net=foo --=x", "image lss", "help bogus", "help ps extra", "run --cpus x busybox", "run --pull=x busybox",
        "run -a foo busybox", "exec c1", "cp a b", "cp a:b c:d", "logs --tail", "port", "update c1", "run --env-file /none busybox", "run --label-file /none busybox",
        "run --security-opt seccomp=/none busybox", "run --security-opt foo busybox", "run --device foo busybox", "run --mount type=foo busybox", "run --mount foo busybox",
        "run --mount type=bind,tmpfs-size=1,target=/x busybox", "run --network a=b busybox", "run --add-host foo busybox", "run --dns foo busybox", "run --expose foo busybox",
        "run --restart on-failure:x busybox", "run --link a:b:c busybox", "run --gpus x busybox", "run -p 80-90:80-85 busybox", "run -p 1.2.3:80:80 busybox", "run -p 80/foo busybox",
        "run --log-driver none --log-opt a=b busybox", "run --pid foo busybox", "run --uts foo busybox", "run --no-healthcheck --health-cmd x busybox", "run --memory-swappiness 101 busybox",
        "run --mac-address foo busybox", "run --storage-opt foo busybox", "run --detach-keys foo --attach stdin -d busybox", "-H a -c b ps", "-l foo ps", "--context nope ps",
        "-H foo:// ps", "ps --format {{", "network create --gateway 1.2.3.4 x", "network create --subnet foo x", "network create --subnet 10.0.0.0/8 --subnet 10.1.0.0/16 x",
        "pull Bad", "tag busybox Bad", "login -p x --password-stdin", "login --password-stdin", "login -u x", "context create", "context create default", "context create a/b --docker host=unix:///x",
        "context create x", "context use nope", "context rm nope", "context rm default", "images --tree -q", "build", "build /nonexistent", "load -i /nonexistent", "import /nonexistent",
        "run --blkio-weight-device /dev/x:5 busybox", "run --device-read-bps x:1 busybox", "run --device-cgroup-rule foo busybox", "run -m 1x busybox", "run --cidfile /nonexistent/x busybox",
        "start -a a b", "start", "completion foo", "run -it busybox",
    ];

    [Fact]
    public void Errors_OfTheClientItself_MatchTheirTexts()
    {
        using var cli = new CliHarness();
        cli.Environment["DOCKER_HOST"] = "unix:///nonexistent.sock";
        Golden.Match("errors", string.Join('\n', Lines.Select(l => cli.Transcript(l.Split(' ')))));
    }

    [Fact]
    public void Engine_NotThere_IsNamed()
    {
        using var cli = new CliHarness();
        Assert.Equal(1, cli.Run("-H", "unix:///nonexistent.sock", "ps"));
        Assert.Equal("Cannot connect to the Docker daemon at unix:///nonexistent.sock. Is the docker daemon running?\n", cli.Terminal.ErrorText);
    }
}
