using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Wharf.Linux.Netlink;
using Wharf.Linux.NfTables;
using Wharf.Primitives;

namespace Wharf.Linux.Tests.Netlink;

public sealed class NetlinkCodecTests
{
    [Fact]
    public void Writer_AnyAttributes_ReadBackTheSame() => Prop.ForAll<byte[][]>(values =>
    {
        byte[][] kept = [.. values.Where(v => v is not null).Take(50)];
        var writer = new NetlinkWriter();
        writer.Begin(16, NetlinkFlags.Request).Reserve(16);
        writer.Nest(7);
        for (int i = 0; i < kept.Length; i++)
        {
            writer.Bytes(i + 1, kept[i]);
        }

        writer.EndNest().Text(3, "end");
        byte[] bytes = writer.ToArray();
        int messages = 0, seen = 0;
        bool same = bytes.Length % 4 == 0;
        foreach (NetlinkMessage message in new NetlinkMessages(bytes))
        {
            messages++;
            foreach (NetlinkAttribute attribute in message.Attributes(16).Find(7).Nested)
            {
                same &= attribute.Type == seen + 1 && attribute.Value.SequenceEqual(kept[seen]);
                seen++;
            }

            same &= message.Attributes(16).Find(3).Text == "end";
        }

        return same && messages == 1 && seen == kept.Length;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Reader_AnyBytes_EndsAndThrowsNothingButDataLoss() => Prop.ForAll<byte[]>(bytes =>
    {
        try
        {
            foreach (NetlinkMessage message in new NetlinkMessages(bytes))
            {
                foreach (NetlinkAttribute attribute in message.Attributes(16))
                {
                    _ = attribute.Text;
                    _ = attribute.UInt32;
                }
            }
        }
        catch (WharfException e) when (e.Kind == ErrorKind.DataLoss)
        {
            return true;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Reader_OfAMessageDamagedInOnePlace_EndsAndThrowsNothingButDataLoss() => Prop.ForAll<ushort, byte>((where, what) =>
    {
        var writer = new NetlinkWriter();
        writer.Begin(16, NetlinkFlags.Request).Reserve(16);
        writer.PlainNest(18).Text(1, "veth").EndNest().Text(3, "eth0").Bytes(1, [1, 2, 3, 4, 5, 6]).UInt32(4, 1500).Bytes(23, new byte[200]);
        writer.Begin(20, NetlinkFlags.Multi).Reserve(8);
        byte[] bytes = writer.ToArray();
        bytes[where % bytes.Length] = what;
        try
        {
            foreach (NetlinkMessage message in new NetlinkMessages(bytes))
            {
                LinkInfo.Read(message);
            }
        }
        catch (WharfException e) when (e.Kind == ErrorKind.DataLoss)
        {
            return true;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Reader_OfNotifications_IsSafeWithAnyBytes() => Prop.ForAll<byte[]>(bytes =>
    {
        try
        {
            return !NfTablesMonitor.IsForeignChange(bytes, "wharf", 1);
        }
        catch (WharfException e) when (e.Kind == ErrorKind.DataLoss)
        {
            return true;
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Writer_LayoutOfAMessage_IsWhatTheKernelReads()
    {
        var writer = new NetlinkWriter();
        writer.Begin(0x10, NetlinkFlags.Request | NetlinkFlags.Ack).UInt8(1, 0xaa).UInt16BigEndian(2, 0x0102).UInt32BigEndian(3, 1).Nest(4).EndNest();

        byte[] bytes = writer.ToArray();

        Assert.Equal(bytes.Length, BinaryPrimitives.ReadInt32LittleEndian(bytes));
        Assert.Equal("1000050000000000000000000500010" + "0aa000000060002000102000008000300000000010400" + "0480", Convert.ToHexStringLower(bytes[4..]));
    }

    [Fact]
    public void Writer_EndingInsideANest_IsADefect()
    {
        var writer = new NetlinkWriter();
        writer.Begin(1, NetlinkFlags.None).Nest(1);

        Assert.Throws<InvalidOperationException>(() => writer.Begin(2, NetlinkFlags.None));
    }
}
