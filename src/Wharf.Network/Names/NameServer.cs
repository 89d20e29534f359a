using System.Net;
using System.Net.Sockets;
using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Linux.NfTables;
using Wharf.Network.Sandboxes;

namespace Wharf.Network.Names;

/// <summary>
/// The resolver of one container, at 127.0.0.11 inside its namespace. It listens on ports of the kernel's choice, so that port 53 stays free for the
/// container's own programs; a small nf_tables table there leads questions to them. Who is asked is decided by <paramref name="answer"/>.
/// </summary>
internal sealed class NameServer : IDisposable
{
    private const string Table = "wharf-resolver";
    private const int MaxQuestion = 4096;

    // A container that floods its resolver gets no more than this at once; further questions are dropped, and asked again by the client.
    private const int MaxConcurrent = 128;
    private const int MaxConnections = 32;
    private static readonly TimeSpan ConnectionPatience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _places = new(MaxConcurrent);
    private readonly SemaphoreSlim _connections = new(MaxConnections);
    private readonly Func<byte[], bool, CancellationToken, Task<byte[]?>> _answer;
    private readonly Socket _udp;
    private readonly Socket _tcp;

    /// <param name="thread">Opens the sockets inside.</param>
    /// <param name="ns">The container's namespace.</param>
    /// <param name="answer">Gives the answer to a message (second argument: it came by TCP), or null for none.</param>
    public NameServer(NamespaceThread thread, SandboxNamespace ns, Func<byte[], bool, CancellationToken, Task<byte[]?>> answer)
    {
        _answer = answer;
        (SafeSocketHandle udp, SafeSocketHandle tcp, NfTablesConnection tables) = thread.Run(ns.Handle, () => (
            NetworkNamespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp),
            NetworkNamespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp),
            NfTablesConnection.Open()));
        using (tables)
        {
            _udp = new Socket(udp);
            _tcp = new Socket(tcp);
            _udp.Bind(new IPEndPoint(Files.ResolvConf.Embedded, 0));
            _tcp.Bind(new IPEndPoint(Files.ResolvConf.Embedded, 0));
            _tcp.Listen(16);
            Lead(tables);
        }

        _ = ServeUdpAsync();
        _ = ServeTcpAsync();
    }

    public void Dispose()
    {
        _end.Cancel();
        _udp.Dispose();
        _tcp.Dispose();
    }

    private void Lead(NfTablesConnection tables)
    {
        var table = new NfTable
        {
            Family = NfFamily.IPv4,
            Name = Table,
            Chains =
            [
                new NfChain("output", [Rule(ProtocolType.Udp, _udp), Rule(ProtocolType.Tcp, _tcp)]) { Hook = NfHook.Output, Type = "nat", Priority = -100 },
            ],
        };
        var batch = new NfBatch();
        if (tables.ListTables().Exists(t => t.Name == Table))
        {
            // Of a former daemon, whose ports are gone with it.
            batch.RemoveTable(table.Family, Table);
        }

        tables.Commit(batch.AddTable(table, NfTableFlags.None)).ThrowIfError("set up the container's resolver");
    }

    private static NfRule Rule(ProtocolType protocol, Socket socket)
    {
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return new NfRule("questions for the embedded resolver",
            new NfPayload(NfPayloadBase.Network, 16, 4), new NfCompare(Files.ResolvConf.Embedded.GetAddressBytes()),
            new NfMeta(NfMetaKey.TransportProtocol), new NfCompare([(byte)protocol]),
            new NfPayload(NfPayloadBase.Transport, 2, 2), new NfCompare([0, 53]),
            new NfLoad(Files.ResolvConf.Embedded.GetAddressBytes()), new NfLoad([(byte)(port >> 8), (byte)port], NfExpression.FirstWord + 1),
            new NfDestinationNat(NfFamily.IPv4, NfExpression.FirstWord, NfExpression.FirstWord + 1));
    }

    private async Task ServeUdpAsync()
    {
        byte[] buffer = new byte[MaxQuestion];
        var any = new IPEndPoint(IPAddress.Any, 0);
        while (!_end.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await _udp.ReceiveFromAsync(buffer, any, _end.Token);
                if (_places.Wait(0))
                {
                    _ = AnswerUdpAsync(buffer[..received.ReceivedBytes], received.RemoteEndPoint);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A client that went away before its answer (ECONNREFUSED is told to the next receive).
            }
        }
    }

    private async Task AnswerUdpAsync(byte[] message, EndPoint client)
    {
        try
        {
            if (await _answer(message, false, _end.Token) is { } answer)
            {
                await _udp.SendToAsync(answer, client, _end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Nobody waits for it any more.
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task ServeTcpAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                Socket client = await _tcp.AcceptAsync(_end.Token);
                if (_connections.Wait(0))
                {
                    _ = AnswerTcpAsync(client);
                }
                else
                {
                    client.Dispose();
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client gave up between its knock and our answer.
            }
        }
    }

    private async Task AnswerTcpAsync(Socket client)
    {
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            while (true)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                limit.CancelAfter(ConnectionPatience);
                byte[]? message = await DnsStream.ReadAsync(stream, MaxQuestion, limit.Token);
                if (message is null || await _answer(message, true, limit.Token) is not { } answer)
                {
                    return;
                }

                await DnsStream.WriteAsync(stream, answer, limit.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The client went away, or was too slow.
        }
        finally
        {
            _connections.Release();
        }
    }
}
