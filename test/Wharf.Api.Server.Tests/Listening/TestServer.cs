using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Api.Server.Listening;
using Wharf.Api.Server.Routing;

namespace Wharf.Api.Server.Tests.Listening;

/// <summary>A real server on a real unix socket in a folder of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("wharf-api-").FullName;
    private readonly ApiServer server;

    private TestServer(IEnumerable<Route> routes)
    {
        SocketPath = Path.Combine(folder, "api.sock");
        server = new ApiServer(
            new ApiServerOptions { Addresses = [new ListenAddress.Unix(SocketPath)] },
            new RouteTable(routes),
            new ServerIdentity("9.9.9", Experimental: false),
            NullLoggerFactory.Instance);
    }

    public string SocketPath { get; }

    public static async Task<TestServer> StartAsync(params Route[] routes)
    {
        var test = new TestServer(routes);
        await test.server.StartAsync(CancellationToken.None);
        return test;
    }

    public Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 20_000, SendTimeout = 20_000 };
        socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
        return socket;
    }

    /// <summary>Sends a request as text and reads all of the answer, up to the end of the connection.</summary>
    public string Exchange(string request)
    {
        using Socket socket = Connect();
        socket.Send(Encoding.Latin1.GetBytes(request));
        return Encoding.Latin1.GetString(ReadToEnd(socket));
    }

    /// <summary>One request that asks to close the connection behind its answer.</summary>
    public string Get(string path, string method = "GET", string headers = "") =>
        Exchange($"{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{headers}\r\n");

    public static byte[] ReadToEnd(Socket socket)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[65536];
        int count;
        while ((count = socket.Receive(buffer)) > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    public static string ReadHead(Socket socket)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.Equal(1, socket.Receive(one));
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await server.StopAsync(patience.Token);
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
