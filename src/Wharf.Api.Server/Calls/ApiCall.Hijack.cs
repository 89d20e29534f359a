using Microsoft.AspNetCore.Http;
using Wharf.Api.Server.Streams;
using Wharf.Api.Versions;
using Wharf.Primitives;

namespace Wharf.Api.Server;

public sealed partial class ApiCall
{
    private const string RawStream = "application/vnd.docker.raw-stream";
    private const string MultiplexedStream = "application/vnd.docker.multiplexed-stream";

    private static readonly ApiVersion MultiplexedSince = new(1, 42);

    /// <summary>True once the connection no longer speaks HTTP: failures then have no status to choose.</summary>
    public bool Hijacked { get; private set; }

    /// <summary>The content type of a stream of output: clients from 1.42 on are told whether it is framed.</summary>
    public string StreamContentType(bool tty) => tty || Version < MultiplexedSince ? RawStream : MultiplexedStream;

    /// <summary>Takes the connection over for a raw stream; the answer's head is written in the form that the client asked for.</summary>
    public async Task<HijackedConnection> HijackAsync(bool tty)
    {
        if (!HttpProtocol.IsHttp11(Http.Request.Protocol) && !HttpProtocol.IsHttp10(Http.Request.Protocol))
        {
            throw WharfException.Invalid("a raw stream needs a connection of its own: use HTTP/1.1");
        }

        Hijacked = true;
        return await HijackedConnection.StartAsync(Http, [new("Content-Type", StreamContentType(tty))], "tcp", CancellationToken.None);
    }
}
