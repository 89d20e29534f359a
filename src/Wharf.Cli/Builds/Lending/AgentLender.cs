using System.Net.Sockets;
using Wharf.Cli.Builds.Lending.Keys;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Client;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Builds.Lending;

/// <summary>
/// <c>--ssh default|ID=SOCKET|ID=KEY,…</c>: keeps one connection waiting at the engine for each agent. When a step uses it, it is joined with a
/// connection to the agent here, or answered with the keys, and the next one waits. Keys never leave this machine.
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

    /// <summary>Agents by id: the sockets of running ones, and keys for which this program is the agent.</summary>
    /// <exception cref="CommandException">No agent is known, or what is named is neither a socket nor a key that is served.</exception>
    public static Dictionary<string, LentAgent> Agents(Invocation call)
    {
        var agents = new Dictionary<string, LentAgent>(StringComparer.Ordinal);
        foreach (string text in call.List("ssh"))
        {
            int equals = text.IndexOf('=');
            string id = equals < 0 ? text : text[..equals];
            string paths = equals < 0
                ? call.Cli.Env("SSH_AUTH_SOCK") ?? throw new CommandException($"invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set, or use --ssh {id}=SOCKET")
                : text[(equals + 1)..];
            agents[id] = LentAgent.Of(id, paths.Split(','));
        }

        return agents;
    }

    public static AgentLender Start(CliContext cli, string buildId, Dictionary<string, LentAgent> agents)
    {
        var lender = new AgentLender(cli.Client, buildId);
        foreach ((string id, LentAgent agent) in agents)
        {
            lender.Wait(id, agent);
        }

        return lender;
    }

    /// <summary>No further connection is lent; those that wait end with the build.</summary>
    public void Stop() => _isOver = true;

    private void Wait(string id, LentAgent agent) => new Thread(() => Lend(id, agent)) { IsBackground = true, Name = "agent" }.Start();

    private void Lend(string id, LentAgent agent)
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
                Wait(id, agent);
            }

            if (agent.Socket is { } path)
            {
                Join(stream, path, buffer, count);
            }
            else
            {
                Serve(stream, new KeyAgent(agent.Keys), buffer, count);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or WharfException or ObjectDisposedException or FormatException)
        {
            // the step sees a closed connection, and says so in its output
            _ = e;
        }
    }

    private static void Serve(HijackedStream stream, KeyAgent agent, byte[] buffer, int count)
    {
        while (count > 0)
        {
            byte[] answer = agent.Take(buffer.AsSpan(0, count));
            stream.WriteAsync(answer, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            count = stream.ReadAsync(buffer, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }

        stream.CloseWrite();
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
