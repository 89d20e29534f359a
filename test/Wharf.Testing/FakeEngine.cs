using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Wharf.Testing;

/// <summary>What a client asked the fake engine.</summary>
public sealed record FakeRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The path without the version prefix and the query.</summary>
    public string Path
    {
        get
        {
            string path = Target.Split('?')[0];
            return path.StartsWith("/v1.", StringComparison.Ordinal) ? path[path.IndexOf('/', 1)..] : path;
        }
    }

    public string Route => Method + " " + Path;

    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>What the fake engine answers: a body, or a conversation on the hijacked stream.</summary>
public sealed record FakeReply(int Status, string Body = "", string ContentType = "application/json")
{
    public Action<Stream>? Hijack { get; init; }

    public bool Chunked { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>An engine that says what a test tells it, over a real unix socket; it remembers every request.</summary>
public sealed class FakeEngine : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-fake").FullName;
    private readonly Func<FakeRequest, FakeReply?> _answer;
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private volatile bool _stopped;

    public FakeEngine(Func<FakeRequest, FakeReply?> answer)
    {
        _answer = answer;
        SocketPath = System.IO.Path.Combine(_folder, "engine.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen(64);
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public string SocketPath { get; }

    public string Host => "unix://" + SocketPath;

    public string ApiVersion { get; init; } = "1.55";

    public IReadOnlyList<FakeRequest> Requests => [.. _requests];

    public IEnumerable<string> Routes => _requests.Select(r => r.Route).Where(r => !r.EndsWith("/_ping", StringComparison.Ordinal));

    private void Accept()
    {
        while (!_stopped)
        {
            Socket client;
            try
            {
                client = _listener.Accept();
            }
            catch (SocketException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            new Thread(() => Serve(client)) { IsBackground = true }.Start();
        }
    }

    private void Serve(Socket client)
    {
        using (client)
        using (var stream = new NetworkStream(client))
        {
            try
            {
                while (Read(stream) is { } request)
                {
                    _requests.Enqueue(request);
                    FakeReply reply = request.Path == "/_ping" ? new FakeReply(200, "OK", "text/plain") : _answer(request) ?? new FakeReply(404, "{\"message\":\"page not found\"}");
                    if (reply.Hijack is { } talk)
                    {
                        Write(stream, $"HTTP/1.1 101 UPGRADED\r\nContent-Type: {reply.ContentType}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
                        talk(stream);
                        client.Shutdown(SocketShutdown.Send);
                        return;
                    }

                    Answer(stream, request, reply);
                }
            }
            catch (IOException)
            {
                // the client has gone, as clients may
                return;
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private void Answer(NetworkStream stream, FakeRequest request, FakeReply reply)
    {
        byte[] body = Encoding.UTF8.GetBytes(reply.Body);
        var head = new StringBuilder($"HTTP/1.1 {reply.Status} X\r\nApi-Version: {ApiVersion}\r\nContent-Type: {reply.ContentType}\r\n");
        foreach ((string name, string value) in reply.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        head.Append(reply.Chunked ? "Transfer-Encoding: chunked\r\n\r\n" : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {(reply.Status is 204 or 304 ? 0 : body.Length)}\r\n\r\n"));
        Write(stream, head.ToString());
        if (request.Method == "HEAD" || reply.Status is 204 or 304)
        {
            return;
        }

        if (!reply.Chunked)
        {
            stream.Write(body);
            return;
        }

        foreach (byte[] piece in body.Chunk(7))
        {
            Write(stream, string.Create(CultureInfo.InvariantCulture, $"{piece.Length:x}\r\n"));
            stream.Write(piece);
            Write(stream, "\r\n");
        }

        Write(stream, "0\r\n\r\n");
    }

    private static FakeRequest? Read(Stream stream)
    {
        string? first = Line(stream);
        if (first is null)
        {
            return null;
        }

        string[] parts = first.Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (Line(stream) is { Length: > 0 } line)
        {
            int colon = line.IndexOf(':');
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        byte[] body = [];
        if (headers.TryGetValue("Content-Length", out string? length))
        {
            body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
            stream.ReadExactly(body);
        }
        else if (headers.ContainsKey("Transfer-Encoding"))
        {
            body = Chunks(stream);
        }

        return new FakeRequest(parts[0], parts[1], headers, body);
    }

    private static byte[] Chunks(Stream stream)
    {
        using var all = new MemoryStream();
        while (true)
        {
            int size = int.Parse(Line(stream) ?? throw new EndOfStreamException(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            byte[] piece = new byte[size];
            stream.ReadExactly(piece);
            all.Write(piece);
            Line(stream);
            if (size == 0)
            {
                return all.ToArray();
            }
        }
    }

    private static string? Line(Stream stream)
    {
        var bytes = new List<byte>();
        int b;
        while ((b = stream.ReadByte()) >= 0)
        {
            if (b == '\n')
            {
                return Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
            }

            bytes.Add((byte)b);
        }

        return null;
    }

    private static void Write(Stream stream, string text) => stream.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>One frame of a multiplexed stream.</summary>
    public static byte[] Frame(byte stream, string text)
    {
        byte[] body = Encoding.UTF8.GetBytes(text);
        byte[] frame = new byte[8 + body.Length];
        frame[0] = stream;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), body.Length);
        body.CopyTo(frame, 8);
        return frame;
    }

    public void Dispose()
    {
        _stopped = true;
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
