using System.Text;
using Microsoft.AspNetCore.Http;
using Wharf.Api.Server.Streams;
using Wharf.Api.Versions;
using Wharf.Engine.Streams;
using Wharf.Primitives;

namespace Wharf.Api.Server;

public sealed partial class ApiCall
{
    private const string RawStream = "application/vnd.docker.raw-stream";
    private const string MultiplexedStream = "application/vnd.docker.multiplexed-stream";

    private static readonly ApiVersion MultiplexedSince = new(1, 42);

    // Docker's Python client reads the head through a buffer and the stream past it: output that comes with the head is lost to it. Docker's own
    // engine is saved by being slow to start what it is asked for.
    private const string BufferingClient = "docker-sdk-python";
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(30);

    /// <summary>True once the connection no longer speaks HTTP: failures then have no status to choose.</summary>
    public bool Hijacked { get; private set; }

    /// <summary>The content type of a stream of output: clients from 1.42 on are told whether it is framed.</summary>
    public string StreamContentType(bool raw) => raw || Version < MultiplexedSince ? RawStream : MultiplexedStream;

    /// <summary>An error on a connection that was to become a stream: one line of text with the error's status.</summary>
    public async Task WriteRawErrorAsync(WharfException error)
    {
        byte[] text = Encoding.UTF8.GetBytes(error.Message + "\r\n");
        HttpResponse response = Http.Response;
        response.StatusCode = Errors.ErrorStatus.Of(error);
        response.ContentType = RawStream;
        response.ContentLength = text.Length;
        await response.Body.WriteAsync(text, Ct);
    }

    /// <summary>Joins the client's connection with a container's or exec's streams until one of them ends.</summary>
    public async Task HijackAsync(IStreamSession session)
    {
        bool upgrade = Http.Request.Headers.Upgrade.Count > 0;
        List<KeyValuePair<string, string>> headers = [new("Content-Type", StreamContentType(session.Raw))];
        if (upgrade)
        {
            headers.AddRange([new("Connection", "Upgrade"), new("Upgrade", "tcp")]);
        }

        // Clients that repeat their options in a body (dockerode) do not mean them as input.
        if (Http.Request.ContentLength > 0)
        {
            await Http.Request.Body.CopyToAsync(Stream.Null, Ct);
        }

        await using HijackedConnection connection = await HijackAsync(upgrade ? "101 UPGRADED" : "200 OK", headers);
        if (Http.Request.Headers.UserAgent.ToString().StartsWith(BufferingClient, StringComparison.Ordinal))
        {
            await Task.Delay(HeadStart);
        }

        try
        {
            await session.RunAsync(connection.Input, connection.Output, connection.Outlet, connection.ClientGone);
        }
        catch (OperationCanceledException) when (connection.ClientGone.IsCancellationRequested)
        {
            // The client went away; the container goes on without it.
        }
    }

    /// <summary>Takes the connection over; everything the client sends from now on is its stream's.</summary>
    internal async Task<HijackedConnection> HijackAsync(string status, IEnumerable<KeyValuePair<string, string>> headers)
    {
        if (!HttpProtocol.IsHttp11(Http.Request.Protocol) && !HttpProtocol.IsHttp10(Http.Request.Protocol))
        {
            throw WharfException.Invalid("a raw stream needs a connection of its own: use HTTP/1.1");
        }

        Hijacked = true;
        return await HijackedConnection.StartAsync(Http, status, headers, CancellationToken.None);
    }
}
