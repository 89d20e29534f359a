using Wharf.Api.Containers;
using Wharf.Api.Json;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Tests.Listening;
using Wharf.Primitives;

namespace Wharf.Api.Server.Tests.Routing;

/// <summary>Versions, error bodies and heads, as clients see them on the wire.</summary>
public sealed class DispatchTests
{
    private static Route Echo() => Route.Get("/echo", call => call.WriteAsync(new IdResponse { Id = call.Version.ToString() }, ApiJson.Context.IdResponse));

    private static Route Fail(Exception error) => Route.Get("/fail", _ => throw error);

    [Theory]
    [InlineData("/echo", "1.55")]
    [InlineData("/v1.24/echo", "1.24")]
    [InlineData("/v1.55/echo/", "1.55")]
    public async Task Version_ServedOrAbsent_ReachesTheHandler(string path, string version)
    {
        await using TestServer server = await TestServer.StartAsync(Echo());
        Assert.EndsWith($"{{\"Id\":\"{version}\"}}\n", server.Get(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1.56/echo", "client version 1.56 is too new. Maximum supported API version is 1.55")]
    [InlineData("/v2.0/echo", "client version 2.0 is too new. Maximum supported API version is 1.55")]
    [InlineData("/v1.23/echo", "client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version")]
    public async Task Version_OutOfRange_IsRefusedInWords(string path, string message)
    {
        await using TestServer server = await TestServer.StartAsync(Echo());
        string answer = server.Get(path);
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.EndsWith($"{{\"message\":\"{message}\"}}\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ErrorKind.InvalidArgument, 400)]
    [InlineData(ErrorKind.Unauthorized, 401)]
    [InlineData(ErrorKind.Forbidden, 403)]
    [InlineData(ErrorKind.NotFound, 404)]
    [InlineData(ErrorKind.Conflict, 409)]
    [InlineData(ErrorKind.Internal, 500)]
    [InlineData(ErrorKind.NotImplemented, 501)]
    [InlineData(ErrorKind.Unavailable, 503)]
    public async Task Failure_OfAKind_HasItsStatusAndMessage(ErrorKind kind, int status)
    {
        await using TestServer server = await TestServer.StartAsync(Fail(new WharfException(kind, "it \"failed\" <here>")));
        string answer = server.Get("/fail");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("{\"message\":\"it \\\"failed\\\" <here>\"}\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_NotModified_HasNoBody()
    {
        await using TestServer server = await TestServer.StartAsync(Fail(WharfException.NotModified("already")));
        string answer = server.Get("/fail");
        Assert.StartsWith("HTTP/1.1 304 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownPath_AnyVersion_IsNotFound()
    {
        await using TestServer server = await TestServer.StartAsync(Echo());
        foreach (string path in (string[])["/", "/nope", "/v1.41/nope", "//echo", "/v1.41//echo"])
        {
            string answer = server.Get(path);
            Assert.StartsWith("HTTP/1.1 404 ", answer, StringComparison.Ordinal);
            Assert.EndsWith("{\"message\":\"page not found\"}\n", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Options_AnyPath_IsFine()
    {
        await using TestServer server = await TestServer.StartAsync(Echo());
        Assert.StartsWith("HTTP/1.1 200 ", server.Get("/v1.30/whatever", "OPTIONS"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryAnswer_TellsTheServer()
    {
        await using TestServer server = await TestServer.StartAsync(Echo());
        foreach (string path in (string[])["/echo", "/nope"])
        {
            string answer = server.Get(path);
            Assert.Contains("Api-Version: 1.55\r\n", answer, StringComparison.Ordinal);
            Assert.Contains("Ostype: linux\r\n", answer, StringComparison.Ordinal);
            Assert.Contains("Docker-Experimental: false\r\n", answer, StringComparison.Ordinal);
            Assert.Contains("Server: Docker/9.9.9 (linux)\r\n", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("text/plain", "{}", "unsupported Content-Type header (text/plain): must be 'application/json'")]
    [InlineData("application/json", "", "invalid JSON: got EOF while reading request body")]
    [InlineData("application/json", "{", "invalid JSON: ")]
    [InlineData("application/json", "[1]", "invalid JSON: ")]
    public async Task Body_ThatCannotBeRead_IsTheClientsFault(string type, string body, string message)
    {
        await using TestServer server = await TestServer.StartAsync(Route.Post("/echo", async call =>
        {
            await call.ReadAsync(ApiJson.Context.IdResponse);
            await call.NoContentAsync();
        }));
        string answer = server.Exchange(
            $"POST /echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains($"{{\"message\":\"{message}", answer, StringComparison.Ordinal);
    }
}
