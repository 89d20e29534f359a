using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Api.Server.Listening;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Tests.Streams;

namespace Wharf.Api.Server.Tests.Listening;

/// <summary>TLS with and without client certificates, and a raw stream inside it.</summary>
public sealed class TlsTests
{
    private static readonly RouteTable Routes = new(
    [
        Route.Get("/_ping", call => call.NoContentAsync()),
        Route.Post("/containers/{id}/attach", call => call.HijackAsync(new FloodSession(3 << 20))).Hijacking(),
    ]);

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task ClientCertificate_OfTheAuthority_IsAsked(bool present, bool answered)
    {
        using X509Certificate2 authority = Authority("ours");
        await using ApiServer server = Start(authority, out int port);
        await server.StartAsync(CancellationToken.None);
        Assert.Equal(answered, await PingAsync(port, present ? Issued(authority) : null));
        await server.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task ClientCertificate_OfAnotherAuthority_IsRefused()
    {
        using X509Certificate2 authority = Authority("ours");
        using X509Certificate2 stranger = Authority("theirs");
        await using ApiServer server = Start(authority, out int port);
        await server.StartAsync(CancellationToken.None);
        Assert.False(await PingAsync(port, Issued(stranger)));
        await server.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task RawStream_InsideTls_ArrivesWhole()
    {
        using X509Certificate2 authority = Authority("ours");
        await using ApiServer server = Start(authority, out int port);
        await server.StartAsync(CancellationToken.None);
        using SslStream stream = await ConnectAsync(port, Issued(authority));
        await stream.WriteAsync("POST /containers/a/attach HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"u8.ToArray());
        using var all = new MemoryStream();
        await stream.CopyToAsync(all).WaitAsync(TimeSpan.FromSeconds(20));
        string text = Encoding.Latin1.GetString(all.ToArray());
        Assert.StartsWith("HTTP/1.1 101 UPGRADED", text, StringComparison.Ordinal);
        Assert.Equal(3 << 20, text.Length - text.IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4);
        await server.StopAsync(new CancellationTokenSource(1000).Token);
    }

    private static ApiServer Start(X509Certificate2 authority, out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var options = new ApiServerOptions
        {
            Addresses = [ListenAddress.Parse($"tcp://127.0.0.1:{port}", tls: true)],
            Tls = new TlsOptions(Issued(authority), [authority]),
        };
        return new ApiServer(options, Routes, new ServerIdentity("9.9.9", Experimental: false), NullLoggerFactory.Instance);
    }

    private static async Task<bool> PingAsync(int port, X509Certificate2? client)
    {
        try
        {
            using SslStream stream = await ConnectAsync(port, client);
            await stream.WriteAsync("GET /_ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
            using var reader = new StreamReader(stream);
            return await reader.ReadLineAsync() == "HTTP/1.1 204 No Content";
        }
        catch (Exception error) when (error is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private static async Task<SslStream> ConnectAsync(int port, X509Certificate2? client)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port);
        var stream = new SslStream(tcp.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ClientCertificates = client is null ? null : [client],
#pragma warning disable CA5359 // the server under test has a certificate made a moment ago; what is tested is whom the server trusts
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        });
        return stream;
    }

    private static X509Certificate2 Authority(string name)
    {
        using ECDsa key = ECDsa.Create();
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 Issued(X509Certificate2 authority)
    {
        using ECDsa key = ECDsa.Create();
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}
