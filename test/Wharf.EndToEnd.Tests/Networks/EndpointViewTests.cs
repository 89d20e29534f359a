using System.Text;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Networks;

/// <summary>What clients are told of networks: settings, addresses, ports, links.</summary>
public sealed class EndpointViewTests(SharedEngine shared) : EngineTest(shared)
{
    private readonly string _network = "n" + Guid.NewGuid().ToString("N")[..10];

    [Fact]
    public void ChosenHardwareAddress_StandsInTheConfigurationForOlderClients()
    {
        string name = NewName(), other = NewName();
        Run(Client.Docker, "create", "--name", name, "--mac-address", "02:42:ac:11:00:42", "busybox").Ok();
        Run(Client.Docker, "create", "--name", other, "busybox").Ok();

        Assert.Contains("\"MacAddress\":\"02:42:ac:11:00:42\"", Config($"/v1.51/containers/{name}/json"), StringComparison.Ordinal);
        Assert.DoesNotContain("MacAddress", Config($"/v1.52/containers/{name}/json"), StringComparison.Ordinal);
        Assert.DoesNotContain("MacAddress", Config($"/v1.51/containers/{other}/json"), StringComparison.Ordinal);
    }

    [Fact]
    public void RoutedNetwork_ShowsItsPortsWithoutAHostPortAfterTheOthers()
    {
        string name = NewName();
        Run(Client.Docker, "network", "create", "--ipv6", "-o", "com.docker.network.bridge.gateway_mode_ipv6=routed", _network).Ok();
        Run(Client.Docker, "run", "-d", "--name", name, "--network", _network, "-p", "80", "busybox", "sleep", "600").Ok();

        Assert.Matches("^0\\.0\\.0\\.0/[1-9][0-9]* ::/$", Inspect(name, "{{range index .NetworkSettings.Ports \"80/tcp\"}}{{.HostIp}}/{{.HostPort}} {{end}}").Trim());
    }

    [Fact]
    public void EnableIPv4_OfAClientThatCannotKnowIt_IsNotHeard()
    {
        string body = $"{{\"Name\":\"{_network}\",\"EnableIPv4\":false,\"EnableIPv6\":true}}";

        Assert.Contains(" 201 ", Engine.Http(
            $"POST /v1.46/networks/create HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"), StringComparison.Ordinal);

        Assert.Equal("true true", Run(Client.Docker, "network", "inspect", "-f", "{{.EnableIPv4}} {{.EnableIPv6}}", _network).Ok().Text);
    }

    [Fact]
    public void IPv6SwitchedOffInTheContainer_NoAddressIsGivenAndNoneResolved()
    {
        string name = NewName();
        Run(Client.Docker, "network", "create", "--ipv6", _network).Ok();
        Run(Client.Docker, "run", "-d", "--name", name, "--network", _network, "--sysctl", "net.ipv6.conf.all.disable_ipv6=1", "busybox", "sleep", "600").Ok();

        Assert.Equal("", Inspect(name, $"{{{{(index .NetworkSettings.Networks \"{_network}\").GlobalIPv6Address}}}}"));
        Assert.DoesNotContain("::", Run(Client.Docker, "exec", name, "cat", "/etc/hosts").Ok().Out, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Link_RemovedWhileBothRun_IsNoNameAnyMore(Client client)
    {
        string server = NewName(), asking = NewName();
        Run(client, "run", "-d", "--name", server, "busybox", "sleep", "600").Ok();
        Run(client, "run", "-d", "--name", asking, "--link", server + ":thealias", "busybox", "sleep", "600").Ok();
        Assert.Contains("thealias", Run(client, "exec", asking, "cat", "/etc/hosts").Ok().Out, StringComparison.Ordinal);

        Run(client, "rm", "--link", asking + "/thealias").Ok();

        Assert.DoesNotContain("thealias", Run(client, "exec", asking, "cat", "/etc/hosts").Ok().Out, StringComparison.Ordinal);
        Assert.Equal("running running", Inspect(server, "{{.State.Status}}") + " " + Inspect(asking, "{{.State.Status}}"));
    }

    [Fact]
    public void Info_NamesTheFirewall() =>
        Assert.Contains("Firewall Backend: nftables", Run(Client.Wharf, "info").Ok().Out, StringComparison.Ordinal);

    protected override void Clean() => Run(Client.Docker, "network", "rm", "-f", _network);

    private string Config(string path)
    {
        string answer = Engine.Get(path);
        return answer[answer.IndexOf("\"Config\":", StringComparison.Ordinal)..answer.IndexOf("\"NetworkSettings\":", StringComparison.Ordinal)];
    }
}
