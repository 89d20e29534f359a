using System.Net.Sockets;
using System.Text;
using Wharf.Api.Server.Routing;
using Wharf.Api.Server.Tests.Listening;

namespace Wharf.Api.Server.Tests.Contract;

/// <summary>Requests no client should send, at every endpoint: each gets an answer, and none of them is a server error that is a defect.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Bodies =
    [
        "", "{}", "null", "[]", "0", "\"x\"", "{", "{\"Cmd\":1}", "{\"Image\":null,\"HostConfig\":null,\"Tty\":null,\"ExposedPorts\":null}",
        "{\"HostConfig\":{\"Memory\":\"x\"}}", "{\"HostConfig\":{\"Memory\":1e99}}", "{\"HostConfig\":{\"PortBindings\":{\"80/tcp\":null}}}",
        "{\"Name\":123}", "{\"IPAM\":{\"Config\":[null]}}", "{\"NetworkingConfig\":{\"EndpointsConfig\":{\"a\":null}}}",
        "{\"MacAddress\":\"x\",\"HostConfig\":{\"NetworkMode\":\"host\"}}", "{\"auth\":\"!\"}", "{\"a\":\"\\ud800\"}",
    ];

    private static readonly string[] Queries =
    [
        "", "?filters=%7B", "?filters=%7B%22a%22%3A1%7D", "?filters=%5B%5D", "?filters=null", "?limit=x&h=x&w=1&t=zz&size=maybe", "?limit=99999999999999999999",
        "?since=yesterday&until=1e400", "?since=-99999999999999999&until=9", "?platform=%7B&names=&tag=%20", "?platform=a/b/c/d", "?tail=-5&stdout=1&condition=never",
        "?%00=%00&name=%00", "?fromImage=%20&fromSrc=-", "?fromSrc=-&changes=RUN", "?path=&path=/etc", "?detachKeys=ctrl-", "?type=everything", "?all&all=1&all=2",
    ];

    private static readonly string[] Headers =
    [
        "", "X-Registry-Auth: !!!\r\n", "X-Registry-Auth: e30=\r\n", "Upgrade: tcp\r\nConnection: Upgrade\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 8\r\n", "Accept: application/json-seq;q=abc, */*\r\n",
    ];

    // 501 and 503 are answers (not built here, not in a swarm); 500 and a cut connection are not.
    [Fact]
    public async Task AnyRequest_IsAnsweredWithoutADefect()
    {
        RouteTable table = FakeEngine.Routes();
        await using TestServer server = await TestServer.StartAsync([.. table.Routes]);
        var random = new Random(4711);
        foreach (Route route in table.Routes)
        {
            for (int round = 0; round < 6; round++)
            {
                string version = Pick(random, ["", "/v1.24", "/v1.41", "/v1.55", "/v0.0", "/v1.", "/v1.99999999999999"]);
                string path = version + route.Template.Replace("{id...}", "{id}", StringComparison.Ordinal).Replace("{id}", Pick(random, ["abc", "%00", "%2e%2e", new string('a', 300)]), StringComparison.Ordinal)
                    .Replace("{name...}", Pick(random, ["a/b:c", "..%2f..", "UPPER", "@sha256:0", "%F0%9F%98%80"]), StringComparison.Ordinal);
                string body = Pick(random, Bodies);
                string request = $"{route.Method} {path}{Pick(random, Queries)} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{Pick(random, Headers)}"
                    + $"Content-Type: {Pick(random, ["application/json", "application/json; charset=utf-8", "text/plain"])}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
                string answer = server.Exchange(request);
                Assert.True(answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal), $"no answer to {request}");
                Assert.False(answer.StartsWith("HTTP/1.1 500", StringComparison.Ordinal), $"{request}\n---\n{answer}");
            }
        }
    }

    [Theory]
    [InlineData("GET /info HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n")]
    [InlineData("GET /info HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")]
    [InlineData("GET /info HTTP/1.1\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0")]
    public async Task MalformedHttp_IsRefusedNotServedTwice(string request)
    {
        await using TestServer server = await TestServer.StartAsync([.. FakeEngine.Routes().Routes]);
        using Socket client = server.Connect();
        client.Send(Encoding.Latin1.GetBytes(request));
        client.Shutdown(SocketShutdown.Send);
        string answer = Encoding.Latin1.GetString(TestServer.ReadToEnd(client));
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), answer);
        Assert.Equal(answer.Length == 0 ? 0 : 1, answer.Split("HTTP/1.1 ").Length - 1);
    }

    [Fact]
    public async Task HugeHeader_IsRefused()
    {
        await using TestServer server = await TestServer.StartAsync([.. FakeEngine.Routes().Routes]);
        Assert.StartsWith("HTTP/1.1 431", server.Get("/info", headers: $"X-Big: {new string('x', 200_000)}\r\n"), StringComparison.Ordinal);
    }

    private static string Pick(Random random, string[] choices) => choices[random.Next(choices.Length)];
}
