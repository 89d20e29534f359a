using Wharf.Linux.Netlink;
using static Wharf.Linux.NfTables.NfConstants;

namespace Wharf.Linux.NfTables;

/// <summary>A table as the kernel lists it.</summary>
public readonly record struct NfTableEntry(NfFamily Family, string Name, NfTableFlags Flags, uint Owner);

/// <summary>Transactions of nf_tables in one network namespace: that of the thread that called <see cref="Open"/>.</summary>
public sealed class NfTablesConnection(NetlinkConnection connection) : IDisposable
{
    private const int BufferBytes = 8 * 1024 * 1024;

    public uint PortId => connection.PortId;

    public static NfTablesConnection Open()
    {
        NetlinkSocket socket = NetlinkSocket.Open(NetlinkFamily.Netfilter);
        socket.SetBuffers(BufferBytes);
        return new NfTablesConnection(new NetlinkConnection(socket));
    }

    /// <summary>Commits; the first error of any message, with the kernel's sentence, or success.</summary>
    public NetlinkAnswer Commit(NfBatch batch)
    {
        int asked = batch.End();
        NetlinkAnswer answer = connection.Batch(batch.Writer, asked);
        return answer.Ok ? answer : answer with { Text = $"{batch.Describe(answer.Position)} {answer.Text}".Trim() };
    }

    public List<NfTableEntry> ListTables()
    {
        List<NfTableEntry> tables = [];
        connection.Dump(
            w => w.Begin(Subsystem << 8 | GetTable, NetlinkFlags.Request | NetlinkFlags.Dump).Reserve(4),
            m =>
            {
                NetlinkAttributes attributes = m.Attributes(4);
                NetlinkAttribute flags = attributes.Find(TableFlags), owner = attributes.Find(TableOwner);
                tables.Add(new NfTableEntry((NfFamily)m.Payload[0], attributes.Find(TableName).Text,
                    flags.Value.IsEmpty ? NfTableFlags.None : (NfTableFlags)flags.UInt32BigEndian, owner.Value.IsEmpty ? 0 : owner.UInt32BigEndian));
            },
            tables.Clear).ThrowIfError("list nf_tables");
        return tables;
    }

    public void Dispose() => connection.Dispose();
}
