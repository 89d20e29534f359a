using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>Addresses, names and ports, as the container's own network stack has them.</summary>
public sealed class NetworkFlagTests(SharedEngine shared) : RunFlagTest(shared)
{
    private static int _subnet = 40;

    private readonly List<string> _networks = [];

    private (string Name, int Subnet) Network(params string[] flags)
    {
        string name = "n" + Guid.NewGuid().ToString("N")[..10];
        int number = Interlocked.Increment(ref _subnet);
        Run(Client.Docker, ["network", "create", "--subnet", $"10.77.{number}.0/24", .. flags, name]).Ok();
        _networks.Add(name);
        return (name, number);
    }

    private void RemoveNetworks()
    {
        foreach (string name in _networks)
        {
            Eventually(() => Run(Client.Docker, "network", "rm", name).ExitCode == 0, "the network is free again");
        }

        _networks.Clear();
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("network", "network-alias", "ip")]
    public void Network_AliasAndAddress_AreUsed(Client client)
    {
        (string network, int n) = Network();
        string name = NewName();
        Run(client, "run", "-d", "--name", name, "--network", network, "--network-alias", "pier", "--ip", $"10.77.{n}.50", "busybox", "sleep", "600").Ok();
        Assert.Contains($"10.77.{n}.50/24", Exec(name, "ip addr show eth0"));
        Assert.Contains($"10.77.{n}.50", Sh(client, "nslookup pier 127.0.0.11", "--network", network));
        Refused(client, "Address already in use", "--network", network, "--ip", $"10.77.{n}.50");
        Refused(client, "no configured subnet", "--network", network, "--ip", "10.99.99.9");
        Refused(client, "user specified IP address is supported on user defined networks only", "--ip", "172.17.0.50");
        Run(Client.Docker, "rm", "-f", name).Ok();
        RemoveNetworks();
    }

    [Theory, MemberData(nameof(Clients))]
    public void Network_LongForm_AllKeys(Client client)
    {
        (string network, int n) = Network("--ipv6", "--subnet", $"fd77:{_subnet:x}::/64");
        string name = NewName();
        string subnet6 = Run(Client.Docker, "network", "inspect", "-f", "{{range .IPAM.Config}}{{.Subnet}} {{end}}", network).Ok().Text.Split(' ').First(s => s.Contains(':', StringComparison.Ordinal));
        string ip6 = subnet6.Replace("::/64", "::77", StringComparison.Ordinal);
        Run(client, "run", "-d", "--name", name, "--network",
            $"name={network},alias=a1,alias=a2,ip=10.77.{n}.60,ip6={ip6},mac-address=02:11:22:33:44:55,link-local-ip=169.254.8.8,driver-opt=com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1,gw-priority=5",
            "busybox", "sleep", "600").Ok();
        string addresses = Exec(name, "ip addr show eth0");
        Assert.Contains($"10.77.{n}.60/24", addresses);
        Assert.Contains(ip6, addresses);
        Assert.Contains("02:11:22:33:44:55", addresses);
        Assert.Contains("169.254.8.8", addresses);
        Assert.Equal("1", Exec(name, "cat /proc/sys/net/ipv4/conf/eth0/log_martians"));
        Assert.Equal("5", Inspect(name, $"{{{{(index .NetworkSettings.Networks \"{network}\").GwPriority}}}}"));
        Assert.Contains($"10.77.{n}.60", Sh(client, "nslookup a2 127.0.0.11", "--network", network));
        Run(Client.Docker, "rm", "-f", name).Ok();
        RemoveNetworks();
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("ip6", "link-local-ip")]
    public void Ip6AndLinkLocal_AreOnTheInterface(Client client)
    {
        (string network, _) = Network("--ipv6", "--subnet", $"fd78:{_subnet:x}::/64");
        string subnet6 = Run(Client.Docker, "network", "inspect", "-f", "{{range .IPAM.Config}}{{.Subnet}} {{end}}", network).Ok().Text.Split(' ').First(s => s.Contains(':', StringComparison.Ordinal));
        string ip6 = subnet6.Replace("::/64", "::88", StringComparison.Ordinal);
        string addresses = Run(client, "run", "--rm", "--network", network, "--ip6", ip6, "--link-local-ip", "169.254.9.9", "busybox", "ip", "addr", "show", "eth0").Ok().Out;
        Assert.Contains(ip6, addresses);
        Assert.Contains("169.254.9.9", addresses);
        RemoveNetworks();
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("mac-address")]
    public void MacAddress_IsTheInterfaces(Client client)
    {
        Assert.Equal("92:d0:c6:0a:29:33", Sh(client, "cat /sys/class/net/eth0/address", "--mac-address", "92:d0:c6:0a:29:33"));
        Run(client, "run", "--rm", "--mac-address", "nonsense", "busybox", "true").Fails(125, "nonsense is not a valid mac address");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("dns", "dns-option", "dns-search")]
    public void Dns_IsInResolvConf(Client client)
    {
        string text = Sh(client, "cat /etc/resolv.conf", "--dns", "10.9.8.7", "--dns-option", "timeout:3", "--dns-search", "quay.example");
        Assert.Contains("nameserver 10.9.8.7\n", text);
        Assert.Contains("search quay.example", text);
        Assert.Contains("options timeout:3", text);
        Assert.DoesNotContain("search", Sh(client, "grep -v '^#' /etc/resolv.conf", "--dns-search", "."));
        Run(client, "run", "--rm", "--dns", "nonsense", "busybox", "true").Fails(125, "nonsense");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("add-host")]
    public void AddHost_IsInTheHostsFile(Client client)
    {
        string hosts = Sh(client, "cat /etc/hosts", "--add-host", "crane:10.1.2.3", "--add-host", "six:fe80::9", "--add-host", "gate:host-gateway").Replace('\t', ' ');
        Assert.Contains("10.1.2.3 crane\n", hosts);
        Assert.Contains("fe80::9 six\n", hosts);
        Assert.Contains("172.17.0.1 gate", hosts);
        Run(client, "run", "--rm", "--add-host", "nonsense", "busybox", "true").Fails(125, "bad format for add-host: \"nonsense\"");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("link", "expose")]
    public void Link_GivesNamesAndVariables(Client client)
    {
        string name = NewName();
        Run(client, "run", "-d", "--name", name, "--expose", "6379", "-e", "COLOUR=red", "busybox", "sleep", "600").Ok();
        string address = Inspect(name, "{{.NetworkSettings.Networks.bridge.IPAddress}}");
        string text = Sh(client, "env; cat /etc/hosts", "--link", name + ":db").Replace('\t', ' ');
        Assert.Contains($"DB_PORT=tcp://{address}:6379\n", text);
        Assert.Contains($"DB_PORT_6379_TCP_ADDR={address}\n", text);
        Assert.Contains("DB_PORT_6379_TCP_PORT=6379\n", text);
        Assert.Contains("DB_PORT_6379_TCP_PROTO=tcp\n", text);
        Assert.Contains("DB_ENV_COLOUR=red\n", text);
        Assert.Contains("/db\n", text);
        Assert.Contains($"{address} db", text);
        Refused(client, "nosuch", "--link", "nosuch:x");
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("publish", "publish-all")]
    public void Publish_EveryForm(Client client)
    {
        string name = Sleeper(client, "--expose", "7000-7001", "--expose", "53/udp", "-P");
        string ports = Run(client, "port", name).Ok().Text;
        foreach (string port in (string[])["7000/tcp -> 0.0.0.0:", "7001/tcp -> 0.0.0.0:", "53/udp -> 0.0.0.0:"])
        {
            Assert.Contains(port, ports);
        }

        int start = client == Client.Docker ? 21000 : 22000;
        string fixedPorts = Sleeper(client, "-p", $"{start}:80", "-p", $"127.0.0.1:{start + 1}:81/tcp", "-p", "127.0.0.1::82/udp", "-p", $"{start + 10}-{start + 12}:90-92", "-p", $"[::1]:{start + 5}:85");
        ports = Run(client, "port", fixedPorts).Ok().Text;
        Assert.Contains($"80/tcp -> 0.0.0.0:{start}", ports);
        Assert.Contains($"81/tcp -> 127.0.0.1:{start + 1}", ports);
        Assert.Contains("82/udp -> 127.0.0.1:", ports);
        Assert.Contains($"92/tcp -> 0.0.0.0:{start + 12}", ports);
        Assert.Contains($"85/tcp -> [::1]:{start + 5}", ports);
        Run(Client.Docker, "exec", "-d", fixedPorts, "sh", "-c", "echo hello | nc -l -p 80").Ok();
        Eventually(() => Engine.OnHost("sh", "-c", $"nc -w 2 127.0.0.1 {start} </dev/null || busybox nc -w 2 127.0.0.1 {start} </dev/null").Out.Contains("hello", StringComparison.Ordinal), "the published port answers");
        Run(client, "run", "--rm", "-p", "99999:80", "busybox", "true").Fails(125, "invalid");
        Run(client, "run", "--rm", "-p", "80-82:90-91", "busybox", "true").Fails(125, "invalid range");
    }

    [Theory, MemberData(nameof(Clients))]
    public void NetworkHost_WithPorts_IsWarnedOf(Client client)
    {
        var run = Run(client, "run", "--rm", "--network", "host", "-p", "80:80", "busybox", "readlink", "/proc/self/ns/net").Ok();
        Assert.Contains("WARNING: Published ports are discarded when using host network mode", run.Error);
        Assert.Equal(Engine.OnHost("readlink", "/proc/self/ns/net").Text, run.Text);
    }
}
