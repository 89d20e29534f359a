using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Wharf.Images.Tests.Support;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Registries;

public sealed class ProxyTests
{
    [Fact]
    public async Task Registry_BehindProxies_IsAskedForThereWithTheProxysPassword()
    {
        using var proxy = new AskingProxy();
        await using ImageLab lab = await ImageLab.OpenAsync(o => o with
        {
            Registries = new RegistryOptions
            {
                HttpProxy = $"http://user:p%40ss@127.0.0.1:{proxy.Port}",
                HttpsProxy = $"user:p%40ss@127.0.0.1:{proxy.Port}",
                NoProxy = "inside.example",
                Insecure = ["registry.example"],
            },
        });

        WharfException missing = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync("registry.example/app:1"));
        WharfException refused = await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync("closed.example/app:1"));

        Assert.Equal(ErrorKind.NotFound, missing.Kind);
        Assert.Equal("Get \"https://closed.example/v2/app/manifests/1\": the proxy refuses the connection: 502 BadGateway", refused.Message);
        string secret = "Proxy-Authorization: Basic " + Convert.ToBase64String("user:p@ss"u8);
        Assert.Contains(proxy.Heads, h => h.StartsWith("CONNECT registry.example:443 ", StringComparison.Ordinal) && h.Contains(secret, StringComparison.Ordinal));
        Assert.Contains(proxy.Heads, h => h.StartsWith("GET http://registry.example/v2/", StringComparison.Ordinal) && h.Contains(secret, StringComparison.Ordinal));

        int asked = proxy.Heads.Count;
        await Assert.ThrowsAsync<WharfException>(() => lab.PullAsync("inside.example/app:1"));
        Assert.Equal(asked, proxy.Heads.Count);
    }

    /// <summary>A proxy that wants a password, lets nobody through to TLS and answers everything else itself: not found.</summary>
    private sealed class AskingProxy : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public AskingProxy()
        {
            _listener.Start();
            _ = Task.Run(ServeAsync);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public ConcurrentQueue<string> Heads { get; } = new();

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            while (true)
            {
                TcpClient client;
                try
                {
                    client = await _listener.AcceptTcpClientAsync();
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    return;
                }

                _ = Task.Run(() => AnswerAsync(client));
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
                var head = new StringBuilder();
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                {
                    head.Append(line).Append('\n');
                }

                string text = head.ToString();
                Heads.Enqueue(text);
                string answer = !text.Contains("Proxy-Authorization: Basic ", StringComparison.Ordinal) ? "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\""
                    : text.StartsWith("CONNECT ", StringComparison.Ordinal) ? "502 Bad Gateway"
                    : "404 Not Found";
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
            }
        }
    }
}
