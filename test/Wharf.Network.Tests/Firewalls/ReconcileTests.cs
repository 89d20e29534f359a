using System.Diagnostics;
using System.Net;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;

namespace Wharf.Network.Tests.Firewalls;

public sealed class ReconcileTests
{
    [Fact]
    public async Task FlushByOthers_OfTablesThatNobodyOwns_IsMended()
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with { OwnFirewall = false });
        (_, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "8080:80"));
        inside.ServeTcp(IPAddress.Any, 80);
        string before = lab.Nft("list", "ruleset");

        lab.Nft("flush", "ruleset");
        var since = Stopwatch.StartNew();
        while (lab.Nft("list", "ruleset") is var now && now != before)
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(30), $"not mended; the journal says [{string.Join("; ", lab.Journal)}], the rules were\n{before}\nand are\n{now}");
            await Task.Delay(20);
        }

        Assert.NotNull(await lab.Outside.AskTcp(NetworkLab.HostAddress, 8080));
        Assert.Contains(lab.Journal, l => l.Contains("restored", StringComparison.Ordinal));
        await lab.Start(NetworkLab.Container("more", "bridge", "8081:80"));
    }

    [Fact]
    public async Task FlushByOthers_OfOwnedTables_HasNoEffect()
    {
        await using NetworkLab lab = await NetworkLab.Create();
        Assert.SkipUnless(lab.Nft("list", "table", "inet", "wharf").Contains("owner", StringComparison.Ordinal), "this kernel has no persistent owned tables");
        (_, Machine inside) = await lab.Start(NetworkLab.Container("web", "bridge", "8080:80"));
        inside.ServeTcp(IPAddress.Any, 80);

        lab.Nft("flush", "ruleset");

        Assert.NotNull(await lab.Outside.AskTcp(NetworkLab.HostAddress, 8080));
        Assert.Empty(lab.Journal);
    }
}
