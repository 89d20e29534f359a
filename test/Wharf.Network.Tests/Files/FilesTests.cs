using System.Net;
using Wharf.Network.Files;
using Wharf.Network.Sandboxes;

namespace Wharf.Network.Tests.Files;

public sealed class FilesTests
{
    [Fact]
    public void Hosts_HasStandardLinesExtraHostsAndOwnName()
    {
        string text = HostsFile.Build([("10.0.0.1", "gw")], [IPAddress.Parse("172.17.0.2")], "web", "example.com");

        Assert.Equal(
            "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nff00::\tip6-mcastprefix\n"
            + "ff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n10.0.0.1\tgw\n172.17.0.2\tweb.example.com web\n", text);
        Assert.Equal("db 3f2c1ab9 mysql", HostsFile.LinkNames("db", "3f2c1ab9", "mysql"));
        Assert.Equal("db host", HostsFile.LinkNames("db", "host", "db"));
    }

    [Fact]
    public void ResolvConf_ForDirectUse_LeavesOutTheHostsLoopback()
    {
        ResolvConf conf = ResolvConf.Parse("# remark\nnameserver 127.0.0.53\nnameserver 10.0.0.2\nnameserver ::1\ndomain old\nsearch a.test b.test\noptions timeout:1\n");

        string text = conf.ForDirectUse(ipv6: false);

        Assert.Contains("nameserver 10.0.0.2\nsearch a.test b.test\noptions timeout:1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.53", text, StringComparison.Ordinal);
        Assert.Contains("nameserver 8.8.8.8\nnameserver 8.8.4.4\n", ResolvConf.Parse("nameserver 127.0.0.1\n").ForDirectUse(false), StringComparison.Ordinal);
    }

    [Fact]
    public void ResolvConf_SettingsOfTheContainer_WinOverTheDaemons()
    {
        var daemon = new DnsSettings { Servers = [IPAddress.Parse("10.0.0.3")], Search = ["daemon.test"] };
        var own = new DnsSettings { Servers = [IPAddress.Parse("10.0.0.4")], Search = ["."], Options = ["ndots:2"] };

        ResolvConf conf = ResolvConf.Parse("nameserver 10.0.0.2\nsearch host.test\noptions rotate").With(daemon, own);

        Assert.Equal(["10.0.0.4"], conf.Servers.Select(s => s.ToString()));
        Assert.Empty(conf.Search);
        string text = conf.ForEmbedded();
        Assert.Contains("nameserver 127.0.0.11\noptions ndots:2\n", text, StringComparison.Ordinal);
        Assert.Contains("ExtServers: [10.0.0.4]", text, StringComparison.Ordinal);
    }
}
