using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Networks;

public sealed class PublishTests(SharedEngine shared) : EngineTest(shared)
{
    private const string Server = "while :; do printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhello' | nc -l -p 80 >/dev/null; done";

    [Theory, MemberData(nameof(Clients))]
    public void PublishedPort_AnswersOnLoopbackAndOnTheBridge(Client client)
    {
        string name = NewName();
        Run(client, "run", "-d", "-p", "80", "--name", name, "busybox", "sh", "-c", Server).Ok();
        string port = Run(client, "port", name, "80/tcp").Ok().Text.Split('\n')[0].Split(':')[^1];
        Eventually(() => Engine.OnHost("curl", "-s", "-m", "2", $"http://127.0.0.1:{port}/").Out == "hello", "an answer by loopback");
        string gateway = Inspect(name, "{{.NetworkSettings.Networks.bridge.Gateway}}");
        Eventually(() => Engine.OnHost("curl", "-s", "-m", "2", $"http://{gateway}:{port}/").Out == "hello", "an answer by the bridge's address");
        string neighbour = NewName();
        Run(client, "run", "-d", "--name", neighbour, "busybox", "sleep", "600").Ok();
        string pid = Inspect(neighbour, "{{.State.Pid}}");
        Eventually(() => Command.Run("nsenter", [$"--net=/proc/{pid}/ns/net", "curl", "-s", "-m", "2", $"http://{gateway}:{port}/"]).Out == "hello", "an answer to another container");
        Run(client, "rm", "-f", name).Ok();
        Assert.NotEqual(0, Engine.OnHost("curl", "-s", "-m", "2", $"http://127.0.0.1:{port}/").ExitCode);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Port_TakenByAnotherContainer_IsRefused(Client client)
    {
        string first = NewName(), second = NewName();
        Run(client, "run", "-d", "-p", "127.0.0.1::80", "--name", first, "busybox", "sleep", "600").Ok();
        string port = Run(client, "port", first, "80").Ok().Text.Split(':')[^1];
        Run(client, "run", "-d", "-p", $"127.0.0.1:{port}:80", "--name", second, "busybox", "sleep", "600").Fails(125, "port is already allocated");
        Assert.Equal("created", Inspect(second, "{{.State.Status}}"));
    }

    [Fact]
    public void Addresses_AreOfTheDefaultPool()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "600").Ok();
        Assert.StartsWith("172.17.", Inspect(name, "{{.NetworkSettings.Networks.bridge.IPAddress}}"));
        Assert.Equal("172.17.0.1", Inspect(name, "{{.NetworkSettings.Networks.bridge.Gateway}}"));
        string hosts = Run(Client.Docker, "exec", name, "cat", "/etc/hosts").Ok().Out;
        Assert.Contains("127.0.0.1\tlocalhost", hosts);
        Assert.Contains(Inspect(name, "{{.Id}}")[..12], hosts);
    }

    [Fact]
    public void None_HasOnlyLoopback() =>
        Assert.Equal("lo", Run(Client.Docker, "run", "--rm", "--network", "none", "busybox", "ls", "/sys/class/net").Ok().Text);

    [Fact]
    public void ContainerMode_SharesTheStack()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "600").Ok();
        string own = Run(Client.Docker, "exec", name, "readlink", "/proc/self/ns/net").Ok().Text;
        Assert.Equal(own, Run(Client.Docker, "run", "--rm", "--network", "container:" + name, "busybox", "readlink", "/proc/self/ns/net").Ok().Text);
    }

    [Fact]
    public void Networks_PredefinedThree_AreListed()
    {
        string text = Run(Client.Docker, "network", "ls", "--format", "{{.Name}} {{.Driver}}").Ok().Out;
        Assert.Contains("bridge bridge", text);
        Assert.Contains("host host", text);
        Assert.Contains("none null", text);
    }

    [Fact]
    public void UnknownNetwork_IsRefused() =>
        Run(Client.Docker, "run", "--rm", "--network", "nosuchnet", "busybox", "true").Fails(125, "network nosuchnet not found");
}
