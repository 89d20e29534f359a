using Wharf.Linux.Netlink;
using static Wharf.Linux.NfTables.NfConstants;

namespace Wharf.Linux.NfTables;

/// <summary>
/// Watches a table for changes that others make (NFNLGRP_NFTABLES). A change is told once per transaction; lost notifications
/// count as a change.
/// </summary>
public sealed class NfTablesMonitor : IDisposable
{
    private const int Group = 7;
    private const int BufferBytes = 4 * 1024 * 1024;

    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkFamily.Netfilter, Group);
    private readonly string _table;
    private readonly uint _ownPort;
    private readonly Action _changed;
    private volatile bool _stopped;

    /// <param name="table">The table's name, in any family.</param>
    /// <param name="ownPort">The socket whose changes are our own.</param>
    /// <param name="changed">Called on the monitor's thread.</param>
    public NfTablesMonitor(string table, uint ownPort, Action changed)
    {
        _table = table;
        _ownPort = ownPort;
        _changed = changed;
        _socket.SetBuffers(BufferBytes);
        new Thread(Watch, maxStackSize: 256 * 1024) { IsBackground = true, Name = "nf_tables monitor" }.Start();
    }

    public void Dispose()
    {
        // Netlink knows no shutdown(2): a question whose answer wakes the reader does it.
        _stopped = true;
        var wake = new NetlinkWriter();
        wake.Begin(Subsystem << 8 | GetGeneration, NetlinkFlags.Request | NetlinkFlags.Ack).Reserve(4);
        _socket.Send(wake.Written);
    }

    /// <summary>True when the datagram holds a change of the table that was not made by <paramref name="ownPort"/>.</summary>
    public static bool IsForeignChange(ReadOnlySpan<byte> datagram, string table, uint ownPort)
    {
        foreach (NetlinkMessage message in new NetlinkMessages(datagram))
        {
            // The table's name is attribute 1 of every object's message; a new generation has none and only ends a transaction.
            if (message.Type >> 8 == Subsystem && (message.Type & 0xff) != NewGeneration && message.PortId != ownPort
                && message.Payload.Length >= 4 && message.Attributes(4).Find(TableName).Text == table)
            {
                return true;
            }
        }

        return false;
    }

    private void Watch()
    {
        byte[] buffer = new byte[64 * 1024];
        using (_socket)
        {
            while (!_stopped)
            {
                int length = _socket.Receive(buffer);
                if (_stopped)
                {
                    return;
                }

                if (length < 0 || IsForeignChange(buffer.AsSpan(0, length), _table, _ownPort))
                {
                    _changed();
                }
            }
        }
    }
}
