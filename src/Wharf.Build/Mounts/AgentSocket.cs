using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Wharf.Build.Execution;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Mounts;

/// <summary>A socket that a step sees as its SSH agent: every connection to it is relayed to the agent of the client.</summary>
internal sealed class AgentSocket : IAsyncDisposable
{
    private const int Backlog = 16;

    private const string Name = "agent";

    private readonly SafeFileHandle _folder;
    private readonly Socket _listener;
    private readonly IBuildAgents _agents;
    private readonly string _id;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private AgentSocket(SafeFileHandle folder, Socket listener, IBuildAgents agents, string id)
    {
        _folder = folder;
        _listener = listener;
        _agents = agents;
        _id = id;
        _accepting = AcceptAsync();
    }

    /// <summary>Makes the socket in an empty folder; its path is that of the folder and <see cref="PathIn"/>.</summary>
    public static AgentSocket Listen(string folder, IBuildAgents agents, RunMount mount)
    {
        FileCalls.Open(folder, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle root).ThrowIfError("open", folder);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Names of sockets are short (unix(7): 108 bytes), data roots are not. The handle stays open as long as the socket: it is removed by this name.
            listener.Bind(new UnixDomainSocketEndPoint($"/proc/self/fd/{root.DangerousGetHandle()}/{Name}"));
            NameCalls.ChangeOwner(root, Name, mount.UserId, mount.GroupId, AtFlags.SymlinkNoFollow).ThrowIfError("fchownat", folder);
            NameCalls.ChangeMode(FileCalls.CurrentDirectory, PathIn(folder), mount.Mode ?? 0b110_000_000).ThrowIfError("fchmodat", folder);
            listener.Listen(Backlog);
            return new AgentSocket(root, listener, agents, mount.Id ?? "default");
        }
        catch
        {
            listener.Dispose();
            root.Dispose();
            throw;
        }
    }

    public static string PathIn(string folder) => Path.Combine(folder, Name);

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
        _folder.Dispose();
        _stop.Dispose();
    }
}
