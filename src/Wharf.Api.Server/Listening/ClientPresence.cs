using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Wharf.Api.Server.Listening;

/// <summary>
/// Stands between the transport and Kestrel, which takes a client's end of sending for the end of the connection and aborts the request
/// (dotnet/aspnetcore#13188). On a hijacked stream it is only the end of stdin. Kestrel gets a token of ours; it is cancelled by the client's
/// end of sending only when the request said that it wants to know.
/// </summary>
internal sealed class ClientPresence : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource closed = new();
    private CancellationToken endOfSending;
    private bool ended;
    private bool watched;
    private bool disposed;

    /// <summary>Fires when the client has ended its sending, or is gone.</summary>
    public CancellationToken EndOfSending => endOfSending;

    /// <summary>A further request on the connection: what the one before it wished is past.</summary>
    public void BeginRequest()
    {
        lock (gate)
        {
            watched = false;
        }
    }

    /// <summary>From now on, and in retrospect, the client's end of sending cancels the request.</summary>
    public void WatchDisconnect()
    {
        lock (gate)
        {
            watched = true;
        }

        CancelIfDue();
    }

    public static ConnectionDelegate Middleware(ConnectionDelegate next) => async connection =>
    {
        using var presence = new ClientPresence();
        connection.Features.Set(presence);
        presence.endOfSending = connection.ConnectionClosed;
        connection.ConnectionClosed = presence.closed.Token;
        connection.Transport = new Pipes(new PatientReader(connection.Transport.Input), connection.Transport.Output);
        using (presence.endOfSending.Register(presence.OnEndOfSending))
        {
            await next(connection);
        }
    };

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
        }

        closed.Dispose();
    }

    private void OnEndOfSending()
    {
        lock (gate)
        {
            ended = true;
        }

        CancelIfDue();
    }

    private void CancelIfDue()
    {
        lock (gate)
        {
            if (!watched || !ended || disposed)
            {
                return;
            }
        }

        closed.Cancel();
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
