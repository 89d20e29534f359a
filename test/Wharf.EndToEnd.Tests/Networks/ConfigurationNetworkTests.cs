using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Networks;

/// <summary>Networks that are only configurations, and networks made from them.</summary>
public sealed class ConfigurationNetworkTests(SharedEngine shared) : EngineTest(shared)
{
    private readonly string _template = "c" + Guid.NewGuid().ToString("N")[..10];
    private readonly string _network = "n" + Guid.NewGuid().ToString("N")[..10];

    [Theory, MemberData(nameof(Clients))]
    public void NetworkFromConfiguration_HasItsAddressesOptionsAndLabels(Client client)
    {
        Run(client, "network", "create", "--config-only", "--subnet", "192.168.155.0/24", "--ip-range", "192.168.155.128/25", "--gateway", "192.168.155.9",
            "--opt", "com.docker.network.driver.mtu=1234", "--label", "quay=7", _template).Ok();
        Assert.Equal("null true ", Shown("{{.Driver}} {{.ConfigOnly}} {{.ConfigFrom.Network}}", _template));
        Run(client, "network", "create", "--internal", "--config-from", _template, _network).Ok();
        Assert.Equal($"bridge false true {_template} 192.168.155.0/24 192.168.155.9 7", Shown(
            "{{.Driver}} {{.ConfigOnly}} {{.Internal}} {{.ConfigFrom.Network}} {{range .IPAM.Config}}{{.Subnet}} {{.Gateway}}{{end}} {{.Labels.quay}}", _network));
        string inside = Run(client, "run", "--rm", "--network", _network, "busybox", "ip", "addr", "show", "eth0").Ok().Out;
        Assert.Contains("inet 192.168.155.1", inside, StringComparison.Ordinal);
        Assert.Contains("mtu 1234", inside, StringComparison.Ordinal);
        Run(client, "network", "rm", _template).Fails(1, $"configuration network \"{_template}\" is in use");
        Run(client, "network", "rm", _network).Ok();
        Run(client, "network", "rm", _template).Ok();
    }

    [Theory, MemberData(nameof(Clients))]
    public void Configuration_CannotBeJoined_AndTakesNoAddresses(Client client)
    {
        string name = NewName();
        Run(client, "network", "create", "--config-only", "--subnet", "192.168.156.0/24", _template).Ok();
        Run(client, "run", "--name", name, "--network", _template, "busybox", "true").Fails(125, "cannot create endpoint on configuration-only network");
        Run(client, "network", "connect", _template, name).Fails(1, "cannot create endpoint on configuration-only network");
        Run(client, "network", "create", "--subnet", "192.168.156.0/24", _network).Ok();
    }

    [Theory, MemberData(nameof(Clients))]
    public void WhatCannotBe_IsRefused(Client client)
    {
        Run(client, "network", "create", "--config-only", _template).Ok();
        (string[] Flags, string Text)[] cases =
        [
            (["--config-from", "nosuch"], "configuration network \"nosuch\" does not exist"),
            (["--config-from", "bridge"], "configuration network \"bridge\" does not exist"),
            (["--config-from", _template, "--config-only"], "a configuration network cannot depend on another configuration network"),
            (["--config-from", _template, "--opt", "a=b"], "network driver options are not supported if the network depends on a configuration network"),
            (["--config-from", _template, "--label", "a=b"], "user specified configurations are not supported if the network depends on a configuration network"),
            (["--config-from", _template, "--subnet", "192.168.157.0/24"], "user specified configurations are not supported if the network depends on a configuration network"),
            (["--config-only", "--internal"], "configuration network can only contain network specific fields."),
        ];
        Assert.All(cases, c => Run(client, ["network", "create", .. c.Flags, _network]).Fails(1, c.Text));
    }

    protected override void Clean() => Run(Client.Docker, "network", "rm", "-f", _network, _template);

    private string Shown(string format, string network) => Run(Client.Docker, "network", "inspect", "-f", format, network).Ok().Out.TrimEnd('\n');
}
