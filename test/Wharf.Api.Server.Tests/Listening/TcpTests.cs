using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Api.Server.Listening;
using Wharf.Api.Server.Routing;
using Wharf.Primitives;

namespace Wharf.Api.Server.Tests.Listening;

/// <summary>TCP without TLS: who may listen where, and what browsers are refused.</summary>
public sealed class TcpTests
{
    private static readonly RouteTable Routes = new([Route.Post("/containers/create", call => call.NoContentAsync())]);

    private static ApiServer Server(ApiServerOptions options) =>
        new(options, Routes, new ServerIdentity("9.9.9", Experimental: false), NullLoggerFactory.Instance);

    [Fact]
    public void PlainTcp_BeyondLoopback_IsRefusedUnlessInsistedOn()
    {
        var options = new ApiServerOptions { Addresses = [ListenAddress.Parse("tcp://0.0.0.0:0", tls: false)] };
        Assert.Contains("without TLS", Assert.Throws<WharfException>(() => Server(options)).Message, StringComparison.Ordinal);
        Assert.NotNull(Server(options with { AllowPlainTcp = true }));
    }

    [Theory]
    [InlineData("Host: 127.0.0.1:1", 204)]
    [InlineData("Host: localhost", 204)]
    [InlineData("Host: docker", 204)]
    [InlineData("Host: api.moby.localhost", 204)]
    [InlineData("Host: [::1]:2375", 204)]
    [InlineData("Host: rebound.attacker.example", 403)]
    [InlineData("Host: localhost\r\nOrigin: http://evil.example", 403)]
    [InlineData("Host: localhost\r\nOrigin: null", 403)]
    [InlineData("Host: localhost\r\nOrigin: http://localhost", 204)]
    [InlineData("Host: localhost\r\nSec-Fetch-Site: cross-site", 403)]
    [InlineData("Host: localhost\r\nSec-Fetch-Site: none", 204)]
    public async Task Request_AsABrowserWouldSendIt_IsRefused(string headers, int status)
    {
        int port = FreePort();
        await using ApiServer server = Server(new ApiServerOptions { Addresses = [ListenAddress.Parse($"tcp://127.0.0.1:{port}", tls: false)] });
        await server.StartAsync(CancellationToken.None);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        client.Client.Send(Encoding.ASCII.GetBytes($"POST /containers/create HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n\r\n"));
        string answer = Encoding.ASCII.GetString(TestServer.ReadToEnd(client.Client));
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        await server.StopAsync(CancellationToken.None);
    }

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }
}
