using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Leaks;

/// <summary>After containers are removed and the daemon has ended, the machine is as it was.</summary>
public sealed class NothingLeftTests
{
    [Fact]
    public void AfterRemoval_NoMountProcessCgroupInterfaceOrRuleIsLeft()
    {
        using var engine = new Engine();
        engine.Load("busybox");
        for (int i = 0; i < 5; i++)
        {
            engine.Run(Client.Docker, "run", "-d", "-p", "80", "--name", "c" + i, "-v", "/data", "busybox", "sleep", "600").Ok();
            engine.Run(Client.Docker, "exec", "c" + i, "true").Ok();
        }

        engine.Run(Client.Docker, "run", "--rm", "busybox", "true").Ok();
        engine.Run(Client.Docker, "rm", "-f", "-v", "c0", "c1", "c2", "c3", "c4").Ok();
        for (int i = 0; i < 100 && engine.OnHost("ip", "-o", "link").Out.Contains("veth", StringComparison.Ordinal); i++)
        {
            Thread.Sleep(50);
        }

        Assert.DoesNotContain("veth", engine.OnHost("ip", "-o", "link").Out);
        Assert.DoesNotContain("172.17.0.2", engine.OnHost("nft", "list", "ruleset").Out);
        Assert.Equal("", engine.Run(Client.Docker, "volume", "ls", "-q").Ok().Out);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(engine.DataRoot, "containers")));
        engine.Stop();
        Assert.Empty(Debris.Find(engine));
    }
}
