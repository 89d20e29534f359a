using System.Net.Sockets;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Client;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Builds.Lending;

/// <summary>
/// <c>--ssh default|ID=SOCKET</c>: keeps one connection waiting at the engine for each agent. When a step uses it, it is joined with a
/// connection to the agent here, and the next one waits. Keys never leave the agent.
/// </summary>
internal sealed class AgentLender
{
    private const int BufferLength = 16 << 10;

    private readonly EngineClient _client;
    private readonly string _buildId;
    private volatile bool _isOver;

    private AgentLender(EngineClient client, string buildId)
    {
        _client = client;
        _buildId = buildId;
    }

    /// <summary>Sockets by id.</summary>
    /// <exception cref="CommandException">No agent is known, or what is named is no socket.</exception>
    public static Dictionary<string, string> Sockets(Invocation call)
    {
        var sockets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in call.List("ssh"))
        {
            int equals = text.IndexOf('=');
            string id = equals < 0 ? text : text[..equals];
            string path = equals < 0
                ? call.Cli.Env("SSH_AUTH_SOCK") ?? throw new CommandException($"invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set, or use --ssh {id}=SOCKET")
                : text[(equals + 1)..];
            sockets[id] = Check(id, path);
        }

        return sockets;
    }

    public static AgentLender Start(CliContext cli, string buildId, Dictionary<string, string> sockets)
    {
        var lender = new AgentLender(cli.Client, buildId);
        foreach ((string id, string path) in sockets)
        {
            lender.Wait(id, path);
        }

        return lender;
    }

    /// <summary>No further connection is lent; those that wait end with the build.</summary>
    public void Stop() => _isOver = true;

    private static string Check(string id, string path)
    {
        FileAttributes attributes;
        try
        {
            attributes = File.GetAttributes(path);
        }
        catch (IOException e)
        {
            throw new CommandException($"could not use the ssh agent {id}: {e.Message}");
        }

        return (attributes & (FileAttributes.Directory | FileAttributes.Device)) == 0 && new FileInfo(path).Length > 0
            ? throw new CommandException($"--ssh {id}={path} is a key file, which is not supported: add the key to an agent (ssh-add) and give the agent's socket")
            : path;
    }

    private void Wait(string id, string path) => new Thread(() => Lend(id, path)) { IsBackground = true, Name = "agent" }.Start();

    private void Lend(string id, string path)
    {
        try
        {
            string query = "/build/agent" + new Query { { "buildid", _buildId }, { "id", id } };
            using HijackedStream stream = _client.HijackAsync(query, null, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            byte[] buffer = new byte[BufferLength];
            int count = stream.ReadAsync(buffer, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            if (count == 0)
            {
                return;
            }

            if (!_isOver)
            {
                Wait(id, path);
            }

            Join(stream, path, buffer, count);
        }
        catch (Exception e) when (e is IOException or SocketException or WharfException or ObjectDisposedException)
        {
            // the step sees a closed connection, and says so in its output
            _ = e;
        }
    }

    private static void Join(HijackedStream stream, string path, byte[] buffer, int count)
    {
        using var agent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        agent.Connect(new UnixDomainSocketEndPoint(path));
        var down = new Thread(() => Answer(stream, agent)) { IsBackground = true, Name = "agent" };
        down.Start();
        while (count > 0)
        {
            agent.Send(buffer.AsSpan(0, count));
            count = stream.ReadAsync(buffer, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }

        agent.Shutdown(SocketShutdown.Both);
        down.Join();
    }

    private static void Answer(HijackedStream stream, Socket agent)
    {
        byte[] buffer = new byte[BufferLength];
        try
        {
            int count;
            while ((count = agent.Receive(buffer)) > 0)
            {
                stream.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }

            stream.CloseWrite();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            stream.Abort();
        }
    }
}
