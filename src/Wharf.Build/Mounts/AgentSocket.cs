using System.Net.Sockets;
using Wharf.Build.Execution;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Mounts;

/// <summary>A socket that a step sees as its SSH agent: every connection to it is relayed to the agent of the client.</summary>
internal sealed class AgentSocket : IAsyncDisposable
{
    private const int Backlog = 16;

    private readonly Socket _listener;
    private readonly IBuildAgents _agents;
    private readonly string _id;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private AgentSocket(Socket listener, IBuildAgents agents, string id)
    {
        _listener = listener;
        _agents = agents;
        _id = id;
        _accepting = AcceptAsync();
    }

    public static AgentSocket Listen(string path, IBuildAgents agents, RunMount mount)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            NameCalls.ChangeOwner(FileCalls.CurrentDirectory, path, mount.UserId, mount.GroupId, AtFlags.None).ThrowIfError("fchownat", path);
            NameCalls.ChangeMode(FileCalls.CurrentDirectory, path, mount.Mode ?? 0b110_000_000).ThrowIfError("fchmodat", path);
            listener.Listen(Backlog);
            return new AgentSocket(listener, agents, mount.Id ?? "default");
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                relays.Add(RelayAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (_stop.IsCancellationRequested && e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(Socket connection)
    {
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            await _agents.RelayAsync(_id, stream, _stop.Token);
        }
        catch (Exception e) when (e is WharfException or IOException or SocketException or OperationCanceledException)
        {
            return; // the step sees a closed connection, which is what its ssh reports
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }
}
