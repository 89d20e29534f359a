using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Attacks;

/// <summary>The API as a hostile client speaks it, and what it must never do to the daemon.</summary>
public sealed class ApiAttackTests(SharedEngine shared) : AttackTest(shared)
{
    private static readonly string[] Requests =
    [
        "GET /containers/json?all=*&limit=*&filters=*", "POST /containers/create?name=*", "GET /containers/$/json?size=*", "GET /containers/$/top?ps_args=*",
        "GET /containers/$/logs?stdout=1&tail=*&since=*&until=*", "GET /containers/$/stats?stream=0&one-shot=1", "POST /containers/$/resize?h=*&w=*",
        "POST /containers/$/update", "POST /containers/$/kill?signal=*", "HEAD /containers/$/archive?path=*", "PUT /containers/$/archive?path=*", "POST /containers/$/exec",
        "POST /containers/prune?filters=*", "GET /images/json?filters=*", "POST /images/busybox/tag?repo=*&tag=*", "DELETE /images/absent?force=*", "POST /images/create?fromSrc=-&repo=*",
        "POST /images/load?quiet=*", "POST /build?dockerfile=*&t=*&buildargs=*&memory=*", "POST /commit?container=absent&repo=*&changes=*", "POST /exec/*/start", "GET /exec/*/json",
        "GET /volumes?filters=*", "POST /volumes/create", "GET /volumes/*", "GET /networks?filters=*", "POST /networks/create", "POST /networks/bridge/connect", "GET /networks/*",
        "GET /events?until=1&since=*&filters=*", "GET /system/df?type=*", "POST /auth?", "GET /info", "GET /plugins", "POST /session",
    ];

    private static readonly string[] Values =
    [
        "", "0", "-1", "true", "999999999999999999999999", "1e400", "%00", "%0a", "../../x", "%7B%22a%22%3A%7B%22b%22%3Atrue%7D%7D", "%5B%22x%22%5D", "%7B", "%5B%5B%5B", "%ff%fe", "null", "/etc",
        "%E2%80%AE", "x%3Dy", "2026-99-99T00%3A00%3A00Z", new string('a', 3000),
    ];

    private static readonly string[] Members =
        ["Image", "Cmd", "Env", "Labels", "HostConfig", "User", "ExposedPorts", "Healthcheck", "StopSignal", "Binds", "Memory", "PortBindings", "CapAdd", "Ulimits", "Mounts", "Devices", "LogConfig", "Sysctls", "Tmpfs",
         "Name", "Driver", "Options", "IPAM", "Config", "Subnet", "Container", "EndpointConfig", "serveraddress", "Tty", "ConsoleSize", "Type", "Source", "Target"];

    [Fact]
    [Trait("attack", "api-fuzz")]
    public void Requests_OfNoSense_AreAnsweredAsSuch()
    {
        const int Count = 3000, Seed = 20261122;
        const string Name = "fuzzed";
        // a daemon of its own: some of these prune
        using var engine = new Engine();
        engine.Load("busybox");
        engine.Run(Client.Docker, "run", "-d", "--name", Name, "busybox", "sleep", "600").Ok();
        var random = new Random(Seed);
        for (int i = 0; i < Count; i++)
        {
            string line = Requests[random.Next(Requests.Length)].Replace("$", Name, StringComparison.Ordinal);
            line = string.Concat(line.Split('*').SelectMany((part, n) => n == 0 ? [part] : (string[])[Values[random.Next(Values.Length)], part]));
            byte[] body = line.StartsWith("GET", StringComparison.Ordinal) || line.StartsWith("HEAD", StringComparison.Ordinal) ? []
                : random.Next(8) == 0 ? Noise(random) : Encoding.UTF8.GetBytes(Json(random, 0));
            string answer = Send(engine, $"{line} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n", body);
            // the one answer of this class that these requests may get: a registry that cannot be reached
            Assert.True(answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && (answer[9] is not '5' || answer.StartsWith("HTTP/1.1 503", StringComparison.Ordinal)), $"request {i}, {line}\n{Encoding.UTF8.GetString(body)}\n{answer}");
        }

        Assert.Contains("200 OK", engine.Get("/_ping"));
    }

    [Theory]
    [Trait("attack", "api-fuzz")]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n", "400")]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: d\r\nContent-Length: -1\r\n\r\n", "400")]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked, identity\r\nContent-Length: 3\r\n\r\n", "400")]
    [InlineData("POST /volumes/create HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nffffffffffffffffff\r\n", "400")]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: d\r\nX\u0000: y\r\n\r\n", "400")]
    [InlineData("GET http://evil/_ping HTTP/1.1\r\nHost: d\r\n\r\n", "400")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: d\r\n\r\n", "400")]
    public void Requests_OfTwoMeanings_AreRefused(string request, string status) => Assert.StartsWith("HTTP/1.1 " + status, Send(request, []));

    [Fact]
    [Trait("attack", "api-fuzz")]
    public void Requests_OfNoMeasure_AreRefused()
    {
        Assert.StartsWith("HTTP/1.1 431", Send($"GET /_ping HTTP/1.1\r\nHost: d\r\nX: {new string('a', 200_000)}\r\n\r\n", []));
        Assert.StartsWith("HTTP/1.1 431", Send($"GET /_ping HTTP/1.1\r\nHost: d\r\n{string.Concat(Enumerable.Range(0, 5000).Select(i => $"X{i}: y\r\n"))}\r\n", []));
        Assert.StartsWith("HTTP/1.1 414", Send($"GET /containers/json?{new string('a', 100_000)} HTTP/1.1\r\nHost: d\r\n\r\n", []));
        byte[] deep = Encoding.ASCII.GetBytes(new string('[', 100_000));
        Assert.StartsWith("HTTP/1.1 400", Send($"POST /containers/create HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {deep.Length}\r\n\r\n", deep));
    }

    [Fact]
    [Trait("attack", "api-attach-exhaust")]
    public void StreamsThatAreLeftAlone_GiveTheirDescriptorsBack()
    {
        const int Rounds = 4, Each = 60, Slack = 12;
        string name = NewName();
        Run(Client.Docker, "run", "-d", "-t", "--name", name, "busybox", "sleep", "600").Ok();
        int shim = ParentOf(int.Parse(Inspect(name, "{{.State.Pid}}")));
        Run(Client.Docker, "exec", name, "true").Ok();
        int before = Descriptors(shim);
        for (int round = 0; round < Rounds; round++)
        {
            var abandoned = new List<Socket>();
            for (int i = 0; i < Each; i++)
            {
                Socket attached = Engine.Connect();
                attached.Send(Encoding.ASCII.GetBytes($"POST /containers/{name}/attach?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"));
                abandoned.Add(attached);
                Send($"POST /containers/{name}/resize?h={i + 1}&w=80 HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", []);
            }

            for (int i = 0; i < Each / 4; i++)
            {
                // its child has the output open when it ends itself
                string exec = Created($"/containers/{name}/exec", """{"AttachStdout":true,"Cmd":["sh","-c","sleep 2 & exit 0"]}""");
                Socket started = Engine.Connect();
                string body = """{"Detach":false}""";
                started.Send(Encoding.ASCII.GetBytes($"POST /exec/{exec}/start HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
                abandoned.Add(started);
            }

            abandoned.ForEach(s => s.Dispose());
        }

        Patience.Until(() => Descriptors(shim) <= before + Slack, $"the shim's descriptors return to {before} (now {Descriptors(shim)})");
        Assert.Contains("200 OK", Engine.Get("/_ping"));
        Run(Client.Docker, "exec", name, "true").Ok();
    }

    [Fact]
    [Trait("attack", "api-plugin-privs")]
    public void ManagedPlugins_AreRefusedBeforeAnyPrivilegeIsAskedFor()
    {
        Run(Client.Docker, "plugin", "install", "--grant-all-permissions", "vieux/sshfs").Fails(1, "does not support managed plugins");
        Assert.StartsWith("HTTP/1.1 501", Engine.Get("/plugins/privileges?remote=x"));
    }

    private string Send(string head, byte[] body) => Send(Engine, head, body);

    private static string Send(Engine engine, string head, byte[] body)
    {
        using Socket socket = engine.Connect();
        socket.ReceiveTimeout = 60_000;
        var answer = new MemoryStream();
        byte[] buffer = new byte[16384];
        try
        {
            socket.Send(Encoding.Latin1.GetBytes(head));
            socket.Send(body);
            for (int count; answer.Length < 1 << 20 && (count = socket.Receive(buffer)) > 0;)
            {
                answer.Write(buffer, 0, count);
                if (!head.Contains("Connection: close", StringComparison.Ordinal))
                {
                    break;
                }
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown && answer.Length == 0)
        {
            // closed while we still sent: the answer lies in the buffer, if it was one
            int count = socket.Available > 0 ? socket.Receive(buffer) : 0;
            answer.Write(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private string Created(string path, string body)
    {
        string answer = Engine.Http($"POST {path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        using JsonDocument json = JsonDocument.Parse(answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..]);
        return json.RootElement.GetProperty("Id").GetString()!;
    }

    private static int Descriptors(int pid) => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length;

    private static int ParentOf(int pid) => int.Parse(File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("PPid:", StringComparison.Ordinal))[5..]);

    private static byte[] Noise(Random random)
    {
        byte[] bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Json(Random random, int depth) => random.Next(depth > 3 ? 7 : 10) switch
    {
        0 => "null",
        1 => "true",
        2 => ((string[])["0", "-1", "1.5", "1e308", "9223372036854775807", "99999999999999999999"])[random.Next(6)],
        < 7 => ((string[])["\"\"", "\"x\"", "\"busybox\"", "\"/\"", "\"/x:/y\"", "\"\\u0000\"", "\"\\n\"", "\"\\ud800\"", "\"::/0\"", "\"10.0.0.0/33\"", "\"root:root\"", "\"80/tcp\"", "\"..\""])[random.Next(13)],
        7 => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Json(random, depth + 1)))}]",
        _ => $"{{{string.Join(',', Enumerable.Range(0, random.Next(6)).Select(_ => $"\"{Members[random.Next(Members.Length)]}\":{Json(random, depth + 1)}"))}}}",
    };
}
