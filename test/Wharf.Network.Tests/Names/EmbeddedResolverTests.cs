using System.Net;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;

namespace Wharf.Network.Tests.Names;

public sealed class EmbeddedResolverTests
{
    private const int Aaaa = 28, Ptr = 12, Mx = 15;

    private static async Task<(NetworkLab Lab, NetworkRecord Network)> LabWithNetwork(Func<NetworkOptions, NetworkOptions>? options = null, bool isInternal = false)
    {
        NetworkLab lab = await NetworkLab.Create(o =>
        {
            string conf = Path.Combine(o.ExecRoot, "host-resolv.conf");
            File.WriteAllText(conf, $"nameserver {NetworkLab.OutsideAddress}\nsearch example.test\n");
            o = o with { HostResolvConf = conf };
            return options?.Invoke(o) ?? o;
        });
        return (lab, await lab.Controller.CreateNetworkAsync(new NetworkConfig { Name = "app", Internal = isInternal }, CancellationToken.None));
    }

    private static SandboxRequest Member(string name, params string[] aliases)
    {
        SandboxRequest request = NetworkLab.Container(name, "app");
        return request with { Endpoints = [request.Endpoints[0] with { Aliases = aliases }] };
    }

    [Fact]
    public async Task Names_OfContainersOnTheNetwork_Resolve()
    {
        (NetworkLab lab, _) = await LabWithNetwork();
        await using var _1 = lab;
        (Sandbox web, Machine inside) = await lab.Start(Member("web"));
        (Sandbox db, _) = await lab.Start(Member("db", "database"));
        string address = db.Endpoints[0].IPv4!.Value.Address.ToString();

        foreach (string name in new[] { "db", "DB", "database", db.ContainerId[..12], "db.app", "db-host" })
        {
            Assert.Equal([address], (await inside.Resolve(name))!.Answers);
        }

        Assert.Equal([address], (await inside.ResolveByTcp("db")).Answers);
        Assert.Equal([web.Endpoints[0].IPv4!.Value.Address.ToString()], (await inside.Resolve("web"))!.Answers);
        Assert.Contains("nameserver 127.0.0.11\nsearch example.test\noptions ndots:0\n", web.ResolvConf, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_WithoutAnAddressOfTheFamily_IsEmptyAndExists()
    {
        (NetworkLab lab, _) = await LabWithNetwork();
        await using var _1 = lab;
        List<string> asked = lab.Outside.ServeDns(NetworkLab.OutsideAddress, "192.0.2.1");
        (_, Machine inside) = await lab.Start(Member("web"));

        foreach (int type in new[] { Aaaa, Mx })
        {
            DnsReply reply = (await inside.Resolve("web", type))!;
            Assert.Equal(0, reply.Code);
            Assert.Empty(reply.Answers);
        }

        Assert.Empty(asked);
    }

    [Fact]
    public async Task Alias_OfTwoContainers_GoesRound()
    {
        (NetworkLab lab, _) = await LabWithNetwork();
        await using var _1 = lab;
        (Sandbox a, Machine inside) = await lab.Start(Member("a", "pool"));
        (Sandbox b, _) = await lab.Start(Member("b", "pool"));
        string[] both = [a.Endpoints[0].IPv4!.Value.Address.ToString(), b.Endpoints[0].IPv4!.Value.Address.ToString()];

        HashSet<string> first = [];
        for (int i = 0; i < 64; i++)
        {
            List<string> answers = (await inside.Resolve("pool"))!.Answers;
            Assert.Equal(both.Order(), answers.Order());
            first.Add(answers[0]);
        }

        Assert.Equal(2, first.Count);
    }

    [Fact]
    public async Task Address_OfAContainer_HasAName()
    {
        (NetworkLab lab, _) = await LabWithNetwork();
        await using var _1 = lab;
        (_, Machine inside) = await lab.Start(Member("web"));
        (Sandbox db, _) = await lab.Start(Member("db"));
        string reverse = string.Join('.', db.Endpoints[0].IPv4!.Value.Address.ToString().Split('.').Reverse()) + ".in-addr.arpa";

        Assert.Equal(["db.app"], (await inside.Resolve(reverse, Ptr))!.Answers);
    }

    [Fact]
    public async Task OtherNames_AreForwarded_AndFailOverToTheNextServer()
    {
        (NetworkLab lab, _) = await LabWithNetwork();
        await using var _1 = lab;
        List<string> asked = lab.Outside.ServeDns(NetworkLab.OutsideAddress, "192.0.2.1");
        (_, Machine inside) = await lab.Start(Member("web") with
        {
            // Nobody listens at the first one.
            Dns = new DnsSettings { Servers = [IPAddress.Parse("10.99.0.77"), IPAddress.Parse(NetworkLab.OutsideAddress)] },
        });

        Assert.Equal(["192.0.2.1"], (await inside.Resolve("www.example.com"))!.Answers);
        Assert.Equal(["www.example.com"], asked);
    }

    [Fact]
    public async Task InternalNetwork_ForwardsNothing()
    {
        (NetworkLab lab, _) = await LabWithNetwork(isInternal: true);
        await using var _1 = lab;
        List<string> asked = lab.Outside.ServeDns(NetworkLab.OutsideAddress, "192.0.2.1");
        (_, Machine inside) = await lab.Start(Member("web"));
        (_, _) = await lab.Start(Member("db"));

        Assert.Equal(2, (await inside.Resolve("secret.example.com"))!.Code);
        Assert.Single((await inside.Resolve("db"))!.Answers);
        Assert.Empty(asked);
        Assert.Null(await inside.AskUdp(NetworkLab.OutsideAddress, 53, Machine.Silence));
        Assert.Empty(asked);
    }

    [Fact]
    public async Task Names_OfOtherNetworks_AreUnknown()
    {
        (NetworkLab lab, _) = await LabWithNetwork();
        await using var _1 = lab;
        List<string> asked = lab.Outside.ServeDns(NetworkLab.OutsideAddress, "192.0.2.1");
        await lab.Controller.CreateNetworkAsync(new NetworkConfig { Name = "other" }, CancellationToken.None);
        (_, Machine inside) = await lab.Start(Member("web"));
        (Sandbox hidden, _) = await lab.Start(NetworkLab.Container("hidden", "other"));
        string reverse = string.Join('.', hidden.Endpoints[0].IPv4!.Value.Address.ToString().Split('.').Reverse()) + ".in-addr.arpa";

        Assert.Equal(["192.0.2.1"], (await inside.Resolve("hidden"))!.Answers);
        Assert.NotEqual(["hidden.other"], (await inside.Resolve(reverse, Ptr))?.Answers ?? []);
        Assert.Contains("hidden", asked);
    }

    [Fact]
    public async Task Port53_StaysFreeForTheContainer()
    {
        (NetworkLab lab, _) = await LabWithNetwork();
        await using var _1 = lab;
        (_, Machine inside) = await lab.Start(Member("dns"));

        inside.ServeUdp(IPAddress.Any, 53);

        Assert.Single((await inside.Resolve("dns"))!.Answers);
    }

    [Fact]
    public async Task Rename_ChangesTheName()
    {
        (NetworkLab lab, _) = await LabWithNetwork();
        await using var _1 = lab;
        lab.Outside.ServeDns(NetworkLab.OutsideAddress, "192.0.2.1");
        (Sandbox web, Machine inside) = await lab.Start(Member("web"));

        await lab.Controller.RenameAsync(web.ContainerId, "site", CancellationToken.None);

        Assert.Equal([web.Endpoints[0].IPv4!.Value.Address.ToString()], (await inside.Resolve("site"))!.Answers);
        Assert.Equal(["192.0.2.1"], (await inside.Resolve("web"))!.Answers);
    }
}
