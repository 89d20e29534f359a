using System.Net.Sockets;
using System.Text;
using Wharf.Api.Execs;
using Wharf.Api.Json;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Tests.Listening;
using Wharf.Engine.Streams;

namespace Wharf.Api.Server.Tests.Streams;

/// <summary>Raw streams over real sockets: both answer forms, half-close both ways, early input, bodies, clients that vanish.</summary>
public sealed class HijackTests
{
    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n";

    private static Route Attach(Func<IStreamSession> make) => Route.Post("/containers/{id}/attach", call => call.HijackAsync(make())).Hijacking();

    private static Route Exec(Func<IStreamSession> make) => Route.Post("/exec/{id}/start", async call =>
    {
        ExecStartRequest request = await call.ReadAsync(ApiJson.Context.ExecStartRequest);
        Assert.True(request.Tty);
        await call.HijackAsync(make());
    }).Hijacking();

    [Fact]
    public async Task Attach_HalfClosedByClient_LosesNothingInAHundredRuns()
    {
        await using TestServer server = await TestServer.StartAsync(Attach(() => new EchoSession()));
        for (int run = 0; run < 100; run++)
        {
            using Socket client = server.Connect();
            client.Send(Encoding.ASCII.GetBytes($"POST /v1.41/containers/a/attach?stdin=1 HTTP/1.1\r\nHost: t\r\n{Upgrade}\r\n"));
            string head = TestServer.ReadHead(client);
            Assert.StartsWith("HTTP/1.1 101 UPGRADED\r\n", head, StringComparison.Ordinal);
            string text = new('x', 1 + (run * 97));
            client.Send(Encoding.ASCII.GetBytes(text));
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal(text.ToUpperInvariant() + $"[end after {text.Length}]", Encoding.ASCII.GetString(TestServer.ReadToEnd(client)));
        }
    }

    [Fact]
    public async Task Attach_InputAndEndInTheRequestsPacket_IsAnswered()
    {
        await using TestServer server = await TestServer.StartAsync(Attach(() => new EchoSession()));
        for (int run = 0; run < 20; run++)
        {
            using Socket client = server.Connect();
            client.Send(Encoding.ASCII.GetBytes($"POST /containers/a/attach HTTP/1.1\r\nHost: t\r\n{Upgrade}\r\nearly"));
            client.Shutdown(SocketShutdown.Send);
            Assert.EndsWith("\r\n\r\nEARLY[end after 5]", Encoding.ASCII.GetString(TestServer.ReadToEnd(client)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Exec_RequestInputAndItsEndInOneGo_LosesNothing()
    {
        await using TestServer server = await TestServer.StartAsync(Exec(() => new EchoSession()));
        for (int run = 0; run < 50; run++)
        {
            using Socket client = server.Connect();
            client.Send(Encoding.ASCII.GetBytes($"POST /v1.41/exec/a/start HTTP/1.1\r\nHost: t\r\n{Upgrade}Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{{\"Tty\":true}}abc"));
            client.Shutdown(SocketShutdown.Send);
            Assert.EndsWith("ABC[end after 3]", Encoding.ASCII.GetString(TestServer.ReadToEnd(client)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Attach_OnAConnectionThatServedAPlainRequest_SurvivesTheEndOfInput()
    {
        await using TestServer server = await TestServer.StartAsync(Attach(() => new EchoSession()), Route.Get("/plain", call => call.StatusAsync(204)));
        for (int run = 0; run < 50; run++)
        {
            using Socket client = server.Connect();
            client.Send("GET /v1.41/plain HTTP/1.1\r\nHost: t\r\n\r\n"u8);
            Assert.StartsWith("HTTP/1.1 204", TestServer.ReadHead(client), StringComparison.Ordinal);
            client.Send(Encoding.ASCII.GetBytes($"POST /v1.41/containers/a/attach?stdin=1 HTTP/1.1\r\nHost: t\r\n{Upgrade}\r\n"));
            TestServer.ReadHead(client);
            client.Send("abc"u8);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("ABC[end after 3]", Encoding.ASCII.GetString(TestServer.ReadToEnd(client)));
        }
    }

    [Fact]
    public async Task Attach_WithoutUpgrade_AnswersTheOldForm()
    {
        await using TestServer server = await TestServer.StartAsync(Attach(() => new EchoSession(raw: false)));
        using Socket client = server.Connect();
        client.Send("POST /v1.41/containers/a/attach HTTP/1.1\r\nHost: t\r\n\r\n"u8);
        string head = TestServer.ReadHead(client);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/vnd.docker.raw-stream\r\n", head, StringComparison.Ordinal);
        client.Send("abc"u8);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("ABC[end after 3]", Encoding.ASCII.GetString(TestServer.ReadToEnd(client)));
    }

    [Theory]
    [InlineData("v1.41", false, "raw-stream")]
    [InlineData("v1.42", false, "multiplexed-stream")]
    [InlineData("v1.42", true, "raw-stream")]
    public async Task Attach_ByVersionAndTerminal_NamesTheStream(string version, bool raw, string type)
    {
        await using TestServer server = await TestServer.StartAsync(Attach(() => new EchoSession(raw)));
        using Socket client = server.Connect();
        client.Send(Encoding.ASCII.GetBytes($"POST /{version}/containers/a/attach HTTP/1.1\r\nHost: t\r\n{Upgrade}\r\n"));
        string head = TestServer.ReadHead(client);
        Assert.Contains($"Content-Type: application/vnd.docker.{type}\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Upgrade: tcp\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Api-Version: 1.55\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_WithBodyAndUpgradeAndEarlyInput_IsHijacked()
    {
        await using TestServer server = await TestServer.StartAsync(Exec(() => new EchoSession()));
        const string Body = "{\"Detach\":false,\"Tty\":true}";
        for (int run = 0; run < 50; run++)
        {
            using Socket client = server.Connect();
            client.Send(Encoding.ASCII.GetBytes(
                $"POST /exec/e/start HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n{Upgrade}\r\n{Body}early"));
            Assert.StartsWith("HTTP/1.1 101 UPGRADED\r\n", TestServer.ReadHead(client), StringComparison.Ordinal);
            client.Send(" late"u8);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("EARLY LATE[end after 10]", Encoding.ASCII.GetString(TestServer.ReadToEnd(client)));
        }
    }

    [Fact]
    public async Task Attach_SlowReaderOfMuchOutput_GetsEveryByteAndTheEnd()
    {
        const int Size = 8 << 20;
        await using TestServer server = await TestServer.StartAsync(Attach(() => new FloodSession(Size)));
        using Socket client = server.Connect();
        client.Send(Encoding.ASCII.GetBytes($"POST /containers/a/attach HTTP/1.1\r\nHost: t\r\n{Upgrade}\r\n"));
        TestServer.ReadHead(client);
        await Task.Delay(200);
        Assert.Equal(Size, TestServer.ReadToEnd(client).Length);
    }

    [Fact]
    public async Task Attach_OutputEndsWhileClientStillSends_EndIsSeenAtOnce()
    {
        await using TestServer server = await TestServer.StartAsync(Attach(() => new FloodSession(10)));
        using Socket client = server.Connect();
        client.Send(Encoding.ASCII.GetBytes($"POST /containers/a/attach HTTP/1.1\r\nHost: t\r\n{Upgrade}\r\nnobody reads this"));
        TestServer.ReadHead(client);
        Assert.Equal("aaaaaaaaaa", Encoding.ASCII.GetString(TestServer.ReadToEnd(client)));
    }

    [Fact]
    public async Task Attach_ClientOfASilentProcessVanishes_SessionEnds()
    {
        var session = new SilentSession();
        await using TestServer server = await TestServer.StartAsync(Attach(() => session));
        Socket client = server.Connect();
        client.Send(Encoding.ASCII.GetBytes($"POST /containers/a/attach HTTP/1.1\r\nHost: t\r\n{Upgrade}\r\n"));
        TestServer.ReadHead(client);
        client.Dispose();
        await session.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Attach_ClientOnlyEndsItsSending_SessionGoesOn()
    {
        var session = new SilentSession();
        await using TestServer server = await TestServer.StartAsync(Attach(() => session));
        using Socket client = server.Connect();
        client.Send(Encoding.ASCII.GetBytes($"POST /containers/a/attach HTTP/1.1\r\nHost: t\r\n{Upgrade}\r\n"));
        TestServer.ReadHead(client);
        client.Shutdown(SocketShutdown.Send);
        await Task.Delay(2500);
        Assert.False(session.Cancelled.Task.IsCompleted);
    }

    [Fact]
    public async Task LongRequest_ClientVanishes_IsCancelled()
    {
        var cancelled = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(Route.Get("/events", async call =>
        {
            await using CancellationTokenRegistration _ = call.Ct.Register(() => cancelled.TrySetResult());
            await Task.Delay(Timeout.Infinite, call.Ct);
        }));
        Socket client = server.Connect();
        client.Send("GET /events HTTP/1.1\r\nHost: t\r\n\r\n"u8);
        await Task.Delay(100);
        client.Dispose();
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
