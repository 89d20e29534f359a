using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Support;

/// <summary>A registry inside the test that can be told to misbehave.</summary>
internal sealed class FakeRegistry : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, byte[]> _uploads = new();

    public FakeRegistry()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public int Port { get; }

    public string Host => $"127.0.0.1:{Port}";

    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new();

    /// <summary>By <c>repository:tag</c> and <c>repository@digest</c>.</summary>
    public ConcurrentDictionary<string, (string MediaType, byte[] Content)> Manifests { get; } = new();

    public ConcurrentQueue<(string Method, string Path, string? Authorization, string? Range)> Requests { get; } = new();

    /// <summary>Answers a request by itself when it returns true.</summary>
    public Func<HttpListenerContext, bool>? Intercept { get; set; }

    public int Count(string method, string part) => Requests.Count(r => r.Method == method && r.Path.Contains(part, StringComparison.Ordinal));

    public void Add(string repository, string tag, TestImage image, string mediaType = MediaTypes.OciManifest)
    {
        Blobs[image.Id.ToString()] = image.Config;
        foreach (byte[] layer in image.Packed)
        {
            Blobs[Digest.Sha256(layer).ToString()] = layer;
        }

        AddManifest(repository, tag, mediaType, image.Manifest(mediaType));
    }

    public Digest AddManifest(string repository, string tag, string mediaType, byte[] content)
    {
        Digest digest = Digest.Sha256(content);
        Manifests[$"{repository}:{tag}"] = (mediaType, content);
        Manifests[$"{repository}@{digest}"] = (mediaType, content);
        return digest;
    }

    public void Dispose() => _listener.Close();

    public static void Answer(HttpListenerContext context, int status, string body, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        foreach ((string name, string value) in headers)
        {
            context.Response.AddHeader(name, value);
        }

        context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: true);
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            _ = Task.Run(() => HandleSafely(context));
        }
    }

    private void HandleSafely(HttpListenerContext context)
    {
        try
        {
            Requests.Enqueue((context.Request.HttpMethod, context.Request.RawUrl!, context.Request.Headers["Authorization"], context.Request.Headers["Range"]));
            if (Intercept?.Invoke(context) != true)
            {
                Handle(context);
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client went away.
        }
    }

    private void Handle(HttpListenerContext context)
    {
        string path = context.Request.Url!.AbsolutePath;
        string method = context.Request.HttpMethod;
        if (path.IndexOf("/manifests/", StringComparison.Ordinal) is > 0 and var m)
        {
            Manifest(context, method, path[4..m], path[(m + 11)..]);
        }
        else if (path.IndexOf("/blobs/uploads/", StringComparison.Ordinal) is > 0 and var u)
        {
            Upload(context, method, path[..u], path[(u + 15)..]);
        }
        else if (path.IndexOf("/blobs/", StringComparison.Ordinal) is > 0 and var b)
        {
            Blob(context, method, path[(b + 7)..]);
        }
        else if (path.EndsWith("/tags/list", StringComparison.Ordinal))
        {
            string repository = path[4..^10];
            IEnumerable<string> tags = Manifests.Keys.Where(k => k.StartsWith(repository + ":", StringComparison.Ordinal)).Select(k => k[(repository.Length + 1)..]).Order();
            Answer(context, 200, $"{{\"name\":\"{repository}\",\"tags\":[{string.Join(',', tags.Select(t => $"\"{t}\""))}]}}");
        }
        else
        {
            Answer(context, path == "/v2/" ? 200 : 404, "{}");
        }
    }

    private void Manifest(HttpListenerContext context, string method, string repository, string reference)
    {
        string key = repository + (reference.StartsWith("sha256:", StringComparison.Ordinal) ? "@" : ":") + reference;
        if (method == "PUT")
        {
            byte[] content = Body(context);
            Digest digest = AddManifest(repository, reference, context.Request.ContentType!, content);
            Answer(context, 201, "", ("Docker-Content-Digest", digest.ToString()));
        }
        else if (Manifests.TryGetValue(key, out (string MediaType, byte[] Content) manifest))
        {
            context.Response.ContentType = manifest.MediaType;
            context.Response.AddHeader("Docker-Content-Digest", Digest.Sha256(manifest.Content).ToString());
            Send(context, method, manifest.Content);
        }
        else
        {
            Answer(context, 404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}");
        }
    }

    private void Blob(HttpListenerContext context, string method, string digest)
    {
        if (!Blobs.TryGetValue(digest, out byte[]? content))
        {
            Answer(context, 404, "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\",\"message\":\"blob unknown to registry\"}]}");
            return;
        }

        if (context.Request.Headers["Range"] is { } range && range.StartsWith("bytes=", StringComparison.Ordinal))
        {
            int from = int.Parse(range[6..range.IndexOf('-')]);
            context.Response.StatusCode = 206;
            context.Response.AddHeader("Content-Range", $"bytes {from}-{content.Length - 1}/{content.Length}");
            content = content[from..];
        }

        Send(context, method, content);
    }

    private void Upload(HttpListenerContext context, string method, string prefix, string session)
    {
        if (method == "POST")
        {
            if (context.Request.QueryString["mount"] is { } mount && Blobs.ContainsKey(mount))
            {
                Answer(context, 201, "");
                return;
            }

            string id = Guid.NewGuid().ToString("N");
            _uploads[id] = [];
            Answer(context, 202, "", ("Location", $"{prefix}/blobs/uploads/{id}?state=x"));
        }
        else if (method == "PATCH")
        {
            _uploads[session] = [.. _uploads[session], .. Body(context)];
            Answer(context, 202, "", ("Location", $"http://{context.Request.UserHostName}{prefix}/blobs/uploads/{session}?state=y"));
        }
        else
        {
            byte[] content = [.. _uploads[session], .. Body(context)];
            string digest = context.Request.QueryString["digest"]!;
            bool right = Digest.Sha256(content).ToString() == digest;
            if (right)
            {
                Blobs[digest] = content;
            }

            Answer(context, right ? 201 : 400, "");
        }
    }

    private static byte[] Body(HttpListenerContext context)
    {
        using var content = new MemoryStream();
        context.Request.InputStream.CopyTo(content);
        return content.ToArray();
    }

    public static void Send(HttpListenerContext context, string method, byte[] content)
    {
        context.Response.ContentLength64 = content.Length;
        if (method != "HEAD")
        {
            context.Response.OutputStream.Write(content);
        }

        context.Response.Close();
    }
}
