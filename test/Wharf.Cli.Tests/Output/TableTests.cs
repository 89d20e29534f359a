using System.Text.Json;
using Wharf.Api.Containers;
using Wharf.Cli.Containers;
using Wharf.Cli.Framework.Inspection;
using Wharf.Cli.Framework.Output;
using Wharf.Cli.Tests.Framework;
using Wharf.Testing;

namespace Wharf.Cli.Tests.Output;

public sealed class TableTests
{
    private const string Containers = """
        [{"Id":"193b3aa66480303be520c29ae452c53b6a24b75103dcf8933623507ccbab7998","Names":["/web","/other/alias"],"Image":"nginx:1","ImageID":"sha256:aa",
          "Command":"nginx -g 'daemon off;' and more","Created":1700000000,"Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":80,"Type":"tcp"},
          {"IP":"0.0.0.0","PrivatePort":81,"PublicPort":81,"Type":"tcp"},{"IP":"127.0.0.1","PrivatePort":443,"PublicPort":8443,"Type":"tcp"},{"PrivatePort":53,"Type":"udp"}],
          "Labels":{"b":"2","a":"<1>"},"State":"running","Status":"Up 2 hours","HostConfig":{"NetworkMode":"default"},"SizeRw":1536,"SizeRootFs":72800000,
          "NetworkSettings":{"Networks":{"net2":{},"bridge":{}}},"Mounts":[{"Type":"volume","Name":"a-very-long-volume-name","Driver":"local","Destination":"/v"},{"Type":"bind","Source":"/s","Destination":"/d"}]},
         {"Id":"57d93127e3c8a9c7f968e5502f8e135d957625d8ef97be666141656bc2478856","Names":["/job"],"Image":"","ImageID":"sha256:bb","Command":"true","Created":1700000000,"Ports":[],
          "Labels":{},"State":"exited","Status":"Exited (0) 3 days ago","NetworkSettings":{"Networks":{}},"Mounts":[]}]
        """;

    [Theory]
    [InlineData("table", "ps", "-a")]
    [InlineData("no-trunc", "ps", "--no-trunc")]
    [InlineData("quiet", "ps", "-q")]
    [InlineData("size", "ps", "-s")]
    [InlineData("json", "ps", "--format", "json")]
    [InlineData("fields", "ps", "--format", "table {{.Names}}\\t{{.Labels}}\\t{{.Mounts}}\\t{{.LocalVolumes}}\\t{{.Networks}}\\t{{.State}}\\t{{.Label \"a\"}}")]
    [InlineData("upper", "ps", "--format", "table {{upper .Names}}\\t{{.CreatedAt}}")]
    [InlineData("template", "ps", "--format", "{{range $i, $p := split .Ports \", \"}}{{$i}}:{{$p}} {{end}}")]
    [InlineData("unknown-field", "ps", "--format", "{{.Foo}}")]
    public void Ps_MatchesItsPage(string name, params string[] words)
    {
        using var engine = new FakeEngine(_ => new FakeReply(200, Containers));
        using var cli = new CliHarness(engine);
        cli.Run(words);
        Golden.Match("ps/" + name, System.Text.RegularExpressions.Regex.Replace(cli.Terminal.OutText, "[0-9]+ (years|months) ago", "N years ago") + cli.Terminal.ErrorText);
    }

    [Fact]
    public void Images_TagsAndDigests_MakeTheirLines()
    {
        using var engine = new FakeEngine(_ => new FakeReply(200, """
            [{"Id":"sha256:540d9d63b59d4971d0b3da14e2a73d441ed14045d6b307832698f4882c7c743c","RepoTags":["busybox:latest","localhost:5000/a/b:v1"],
              "RepoDigests":["busybox@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"],"Created":0,"Size":1984000,"SharedSize":-1,"Containers":-1},
             {"Id":"sha256:aaaaaaaaaaaa4971d0b3da14e2a73d441ed14045d6b307832698f4882c7c743c","RepoTags":null,"RepoDigests":null,"Created":0,"Size":72812345,"SharedSize":0,"Containers":2}]
            """));
        using var cli = new CliHarness(engine);
        cli.Run("images");
        string table = cli.Terminal.OutText;
        cli.Run("images", "--digests");
        table += "\n" + cli.Terminal.OutText;
        cli.Run("images", "--format", "json");
        Golden.Match("images", table + "\n" + cli.Terminal.OutText);
    }

    [Theory]
    [InlineData("a\tb\nccc\td\n", "a         b\nccc       d\n")]
    [InlineData("a\n", "a\n")]
    [InlineData("", "")]
    [InlineData("aaaaaaaaaaaa\tb\tc\nd\n\ne\tf\n", "aaaaaaaaaaaa   b         c\nd\n\ne         f\n")]
    [InlineData("é…\tx\nab\ty\n", "é…        x\nab        y\n")]
    public void Align_MatchesTabwriter(string text, string expected) => Assert.Equal(expected, TabWriter.Align(text));

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(999, "999B")]
    [InlineData(1000, "1kB")]
    [InlineData(1984000, "1.98MB")]
    [InlineData(72800000, "72.8MB")]
    [InlineData(1234567890, "1.23GB")]
    [InlineData(999999, "1e+03kB")]
    public void Size_HasThreeDigits(long bytes, string expected) => Assert.Equal(expected, Units.Size(bytes));

    [Theory]
    [InlineData(0, "Less than a second")]
    [InlineData(1, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(60, "About a minute")]
    [InlineData(3599, "59 minutes")]
    [InlineData(3600, "About an hour")]
    [InlineData(7200, "2 hours")]
    [InlineData(172800, "2 days")]
    [InlineData(1209600, "2 weeks")]
    [InlineData(5184000, "2 months")]
    [InlineData(63072000, "2 years")]
    public void Duration_IsSaidAsPeopleDo(long seconds, string expected) => Assert.Equal(expected, Units.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("{\"a\":1,\"b\":[],\"c\":{},\"d\":[1,{\"e\":\"x\\u003c{\\\"\"}]}")]
    [InlineData("[]")]
    [InlineData("[{\"a\":null}]")]
    public void Indent_KeepsEverythingButSpace(string json)
    {
        string indented = RawJson.Indent(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal(json, RawJson.Compact(System.Text.Encoding.UTF8.GetBytes(indented)));
        Assert.Equal(JsonSerializer.Serialize(JsonDocument.Parse(json)), JsonSerializer.Serialize(JsonDocument.Parse(indented)));
    }

    [Theory]
    [InlineData("{{.State.Status}} {{.Config.Labels}} [{{index .Config.Labels \"none\"}}] {{.Config.Labels.none}}", "running map[a:b] [] <no value>\n", 0)]
    [InlineData("{{if .State.Health}}yes{{else}}no{{end}}{{range $k, $v := .NetworkSettings.Ports}}{{$k}}{{(index $v 0).HostPort}}{{end}}", "no80/tcp8080\n", 0)]
    [InlineData("{{json .NetworkSettings.Ports}}", "{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"8080\"}]}\n", 0)]
    [InlineData("{{.NetworkSettings.Ports}}", "map[80/tcp:[{ 8080}]]\n", 0)]
    [InlineData("{{.Foo}}", "\n", 1)]
    public void Inspect_Format_SeesStructsAndMaps(string format, string expected, int code)
    {
        using var engine = new FakeEngine(_ => new FakeReply(200,
            "{\"Id\":\"c\",\"State\":{\"Status\":\"running\"},\"Config\":{\"Labels\":{\"a\":\"b\"}},\"NetworkSettings\":{\"Ports\":{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"8080\"}]}}}"));
        using var cli = new CliHarness(engine);
        Assert.Equal(code, cli.Run("container", "inspect", "-f", format, "c"));
        Assert.Equal(expected, cli.Terminal.OutText);
        if (code != 0)
        {
            Assert.Equal("template parsing error: template: :1:2: executing \"\" at <.Foo>: map has no entry for key \"Foo\"\n", cli.Terminal.ErrorText);
        }
    }

    [Fact]
    public void Ports_NeighboursBecomeRanges() => Assert.Equal(
        "80/tcp, 0.0.0.0:9000-9002->9000-9002/tcp, 127.0.0.1:8080->80/tcp",
        PortRanges.Describe(
        [
            new PortSummary { Ip = "0.0.0.0", PrivatePort = 9001, PublicPort = 9001, Type = "tcp" },
            new PortSummary { Ip = "0.0.0.0", PrivatePort = 9000, PublicPort = 9000, Type = "tcp" },
            new PortSummary { Ip = "0.0.0.0", PrivatePort = 9002, PublicPort = 9002, Type = "tcp" },
            new PortSummary { Ip = "127.0.0.1", PrivatePort = 80, PublicPort = 8080, Type = "tcp" },
            new PortSummary { PrivatePort = 80, Type = "tcp" },
        ]));
}
