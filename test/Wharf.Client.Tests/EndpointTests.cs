using Wharf.Client.Transports;
using Wharf.Primitives;

namespace Wharf.Client.Tests;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("unix:///run/x.sock", "unix", "/run/x.sock", 0)]
    [InlineData("unix://", "unix", "/var/run/docker.sock", 0)]
    [InlineData("tcp://10.0.0.1:1234", "tcp", "10.0.0.1", 1234)]
    [InlineData("tcp://10.0.0.1", "tcp", "10.0.0.1", 2375)]
    [InlineData("tcp://[::1]:2376", "tcp", "::1", 2376)]
    [InlineData("example.com", "tcp", "example.com", 2375)]
    [InlineData("ssh://me@host:22", "ssh", "host", 22)]
    [InlineData("ssh://host/run/other.sock", "ssh", "host", 0)]
    public void Parse_KnownForms_AreTakenApart(string text, string scheme, string address, int port)
    {
        Endpoint endpoint = Endpoint.Parse(text);
        Assert.Equal((scheme, address, port), (endpoint.Scheme, endpoint.Address, endpoint.Port));
    }

    [Theory]
    [InlineData("foo://x")]
    [InlineData("tcp://a:b")]
    [InlineData("tcp://a:99999")]
    [InlineData("ssh://user:secret@host")]
    [InlineData("ssh://-oProxyCommand=touch /tmp/x")]
    [InlineData("ssh://")]
    public void Parse_WrongForms_AreRefused(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<WharfException>(() => Endpoint.Parse(text)).Kind);

    [Fact]
    public void Ssh_Arguments_KeepTheHostFromBeingAnOption() =>
        Assert.Equal(["-l", "me", "-p", "2222", "-o", "ConnectTimeout=30", "-T", "--", "host", "docker", "--host", "unix:///run/x.sock", "system", "dial-stdio"],
            SshTransport.Arguments(Endpoint.Parse("ssh://me@host:2222/run/x.sock")));
}
