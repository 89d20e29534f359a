using System.Text;
using Wharf.Api.Containers;
using Wharf.Client.Http;
using Wharf.Client.Transports;
using Wharf.Primitives;
using Wharf.Testing;

namespace Wharf.Client.Tests;

public sealed class EngineClientTests
{
    private static EngineClient Connect(FakeEngine engine, bool blocking = true, string? version = null) =>
        new(new EngineClientOptions(Endpoint.Parse(engine.Host)) { Blocking = blocking, ApiVersion = version });

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task List_BodyByLengthOrChunks_IsReadWhole(bool blocking, bool chunked)
    {
        string body = "[" + string.Join(',', Enumerable.Range(0, 300).Select(i => $"{{\"Id\":\"{i:x64}\",\"Names\":[\"/c{i}\"]}}")) + "]";
        using var engine = new FakeEngine(_ => new FakeReply(200, body) { Chunked = chunked });
        using EngineClient client = Connect(engine, blocking);
        List<ContainerSummary> containers = await client.ListContainersAsync([], CancellationToken.None);
        Assert.Equal(300, containers.Count);
        Assert.Equal("/c299", containers[299].Names![0]);
    }

    [Fact]
    public async Task Send_SeveralRequests_ShareOneConnection()
    {
        int connections = 0;
        using var engine = new FakeEngine(r => new FakeReply(200, "[]"));
        using EngineClient client = Connect(engine);
        for (int i = 0; i < 5; i++)
        {
            connections += (await client.ListContainersAsync([], CancellationToken.None)).Count;
        }

        Assert.Equal(0, connections);
        Assert.Equal(5, engine.Requests.Count);
        Assert.All(engine.Requests, r => Assert.StartsWith("/v1.55/", r.Target));
    }

    [Fact]
    public async Task Send_OlderEngine_AgreesOnItsVersionWithOneMoreRequest()
    {
        using var engine = new FakeEngine(r => r.Target.StartsWith("/v1.55/", StringComparison.Ordinal)
            ? new FakeReply(400, "{\"message\":\"client version 1.55 is too new. Maximum supported API version is 1.41\"}")
            : new FakeReply(200, "[]")) { ApiVersion = "1.41" };
        using EngineClient client = Connect(engine);
        await client.ListContainersAsync([], CancellationToken.None);
        await client.ListContainersAsync([], CancellationToken.None);
        Assert.Equal(new ApiVersion(1, 41), client.Version);
        Assert.Equal(["/v1.55/containers/json", "/v1.41/containers/json", "/v1.41/containers/json"], engine.Requests.Select(r => r.Target));
    }

    [Fact]
    public async Task Send_UnknownRouteOfAnOlderEngine_LeavesTheVersionOpen()
    {
        using var engine = new FakeEngine(r => r.Target.EndsWith("/nowhere", StringComparison.Ordinal) ? new FakeReply(404, "{\"message\":\"page not found\"}") : new FakeReply(200, "{}")) { ApiVersion = "1.41" };
        using EngineClient client = Connect(engine);
        await Assert.ThrowsAsync<WharfException>(async () => await client.CallAsync("POST", "/nowhere", null, CancellationToken.None));
        using EngineReply reply = await client.LoadImagesAsync(new MemoryStream(new byte[10]), [], CancellationToken.None);
        Assert.Equal("/v1.41/images/load", engine.Requests[^1].Target);
    }

    [Fact]
    public async Task Send_StreamBody_AsksForTheVersionFirst()
    {
        using var engine = new FakeEngine(r => new FakeReply(200, "{}")) { ApiVersion = "1.41" };
        using EngineClient client = Connect(engine);
        byte[] content = Encoding.UTF8.GetBytes(new string('x', 200_000));
        using EngineReply reply = await client.LoadImagesAsync(new MemoryStream(content), [], CancellationToken.None);
        await reply.ReadAllAsync(CancellationToken.None);
        FakeRequest load = engine.Requests[^1];
        Assert.Equal("/v1.41/images/load", load.Target);
        Assert.Equal(content, load.Body);
    }

    [Fact]
    public async Task Send_HeadFirst_AsksForTheVersionFirst()
    {
        using var engine = new FakeEngine(r => new FakeReply(r.Target.StartsWith("/v1.55/", StringComparison.Ordinal) ? 400 : 200)) { ApiVersion = "1.41" };
        using EngineClient client = Connect(engine);
        using EngineReply reply = await client.SendAsync("HEAD", "/containers/c/archive?path=/", null, CancellationToken.None);
        Assert.Equal(200, reply.Status);
    }

    [Theory]
    [InlineData(404, ErrorKind.NotFound)]
    [InlineData(409, ErrorKind.Conflict)]
    [InlineData(400, ErrorKind.InvalidArgument)]
    [InlineData(500, ErrorKind.Internal)]
    [InlineData(501, ErrorKind.NotImplemented)]
    public async Task Send_ErrorBody_BecomesKindAndText(int status, ErrorKind kind)
    {
        using var engine = new FakeEngine(_ => new FakeReply(status, "{\"message\":\"No such container: x\"}"));
        using EngineClient client = Connect(engine);
        var error = await Assert.ThrowsAsync<WharfException>(() => client.PublishedPortsAsync("x", CancellationToken.None).AsTask());
        Assert.Equal(kind, error.Kind);
        Assert.Equal("Error response from daemon: No such container: x", error.Message);
    }

    [Fact]
    public async Task Send_NobodyListens_SaysWhatToCheck()
    {
        using var client = new EngineClient(new EngineClientOptions(Endpoint.Parse("unix:///nonexistent/engine.sock")) { Blocking = true });
        var error = await Assert.ThrowsAsync<WharfException>(() => client.ListContainersAsync([], CancellationToken.None).AsTask());
        Assert.Equal("Cannot connect to the Docker daemon at unix:///nonexistent/engine.sock. Is the docker daemon running?", error.Message);
    }

    [Fact]
    public async Task Hijack_HalfClose_StillReadsTheAnswer()
    {
        using var engine = new FakeEngine(_ => new FakeReply(101)
        {
            Hijack = stream =>
            {
                using var all = new MemoryStream();
                stream.CopyTo(all);
                stream.Write(Encoding.UTF8.GetBytes($"got {all.Length}"));
            },
        });
        using EngineClient client = Connect(engine);
        using HijackedStream stream = await client.AttachContainerAsync("c", [], CancellationToken.None);
        await stream.WriteAsync(new byte[100_000], CancellationToken.None);
        stream.CloseWrite();
        byte[] buffer = new byte[64];
        int count = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer.AsMemory(count), CancellationToken.None)) > 0)
        {
            count += read;
        }

        Assert.Equal("got 100000", Encoding.UTF8.GetString(buffer, 0, count));
    }

    [Fact]
    public async Task Header_WithLineBreak_IsRefused()
    {
        using var engine = new FakeEngine(_ => new FakeReply(200, "{}"));
        using EngineClient client = Connect(engine);
        var error = await Assert.ThrowsAsync<WharfException>(() => client.SendAsync("GET", "/x", null, CancellationToken.None, [new("X-A", "a\r\nX-B: b")]).AsTask());
        Assert.Contains("X-A", error.Message);
        Assert.Empty(engine.Requests);
    }
}
