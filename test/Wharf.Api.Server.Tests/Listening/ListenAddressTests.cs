using Wharf.Api.Server.Listening;
using Wharf.Primitives;

namespace Wharf.Api.Server.Tests.Listening;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("unix://", false, "/var/run/docker.sock")]
    [InlineData("unix:///tmp/x.sock", false, "/tmp/x.sock")]
    [InlineData("tcp://127.0.0.1:2375", false, "127.0.0.1:2375")]
    [InlineData("tcp://", false, "127.0.0.1:2375")]
    [InlineData("tcp://0.0.0.0", true, "0.0.0.0:2376")]
    [InlineData("tcp://[::1]:4000", false, "[::1]:4000")]
    [InlineData("tcp://[::1]", false, "[::1]:2375")]
    [InlineData(":2375", false, "127.0.0.1:2375")]
    [InlineData("localhost:1", false, "127.0.0.1:1")]
    [InlineData("fd://", false, "fd://")]
    [InlineData("fd://3", false, "fd://3")]
    public void Parse_Address_IsUnderstood(string text, bool tls, string expected) => Assert.Equal(expected, ListenAddress.Parse(text, tls).ToString());

    [Theory]
    [InlineData("http://x", "unsupported proto 'http'")]
    [InlineData("tcp://127.0.0.1:99999", "invalid port 99999")]
    [InlineData("tcp://127.0.0.1:1/path", "should not contain a path element")]
    [InlineData("fd://x", "x is no descriptor")]
    public void Parse_WrongAddress_SaysWhy(string text, string why) =>
        Assert.Equal($"invalid bind address ({text}): {why}", Assert.Throws<WharfException>(() => ListenAddress.Parse(text, tls: false)).Message);
}
