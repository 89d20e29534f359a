using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Streams;
using Wharf.Api.Server.Tests.Listening;

namespace Wharf.Api.Server.Tests.Streams;

public sealed class WebSocketTests
{
    private static Route Attach(bool raw) => Route.Get("/containers/{id}/attach/ws", call =>
    {
        WebSocketJoin.CheckRequest(call);
        return WebSocketJoin.RunAsync(call, new FramedEchoSession(raw));
    }).Hijacking();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Attach_EchoesWithoutDockersFrames(bool raw)
    {
        await using TestServer server = await TestServer.StartAsync(Attach(raw));
        using Socket socket = server.Connect();
        socket.Send("GET /v1.41/containers/a/attach/ws HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8);
        string head = TestServer.ReadHead(socket);
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        // The example of RFC 6455, section 1.3.
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", head, StringComparison.Ordinal);
        using var client = WebSocket.CreateFromStream(new NetworkStream(socket), new WebSocketCreationOptions { IsServer = false });
        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Binary, true, CancellationToken.None);
        byte[] buffer = new byte[100];
        WebSocketReceiveResult answer = await client.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(WebSocketMessageType.Binary, answer.MessageType);
        Assert.Equal("HELLO", Encoding.ASCII.GetString(buffer, 0, answer.Count));
    }

    [Fact]
    public async Task Attach_PlainRequest_IsRefused()
    {
        await using TestServer server = await TestServer.StartAsync(Attach(true));
        Assert.StartsWith("HTTP/1.1 400 ", server.Get("/containers/a/attach/ws"), StringComparison.Ordinal);
    }
}
