using System.Buffers.Binary;
using System.Text;
using Wharf.Linux.Netlink;
using static Wharf.Linux.NfTables.NfConstants;

namespace Wharf.Linux.NfTables;

/// <summary>Writes one transaction: all of it takes effect at once, or nothing does (linux/netfilter/nfnetlink.h, NFNL_MSG_BATCH_BEGIN).</summary>
public sealed class NfBatch
{
    // A nested list has a 16-bit length; this many of our longest elements stay far below it.
    private const int ElementsPerMessage = 400;

    private readonly List<string> _names = ["transaction"];
    private uint _setId;

    public NfBatch()
    {
        Writer.Begin(BatchBegin, NetlinkFlags.Request);
        WriteHeader(0, Subsystem);
    }

    internal NetlinkWriter Writer { get; } = new();

    public NfBatch AddTable(NfFamily family, string name, NfTableFlags flags)
    {
        Begin(NewTable, family, NetlinkFlags.Create, name).Text(TableName, name).UInt32BigEndian(TableFlags, (uint)flags);
        return this;
    }

    public NfBatch RemoveTable(NfFamily family, string name)
    {
        Begin(DeleteTable, family, NetlinkFlags.None, name).Text(TableName, name);
        return this;
    }

    /// <summary>The table with its sets, chains and rules; the name is free.</summary>
    public NfBatch AddTable(NfTable table, NfTableFlags flags)
    {
        AddTable(table.Family, table.Name, flags);
        foreach (NfSet set in table.Sets)
        {
            AddSet(table, set);
        }

        foreach (NfChain chain in table.Chains)
        {
            AddChain(table, chain);
        }

        foreach (NfChain chain in table.Chains)
        {
            foreach (NfRule rule in chain.Rules)
            {
                AddRule(table, chain, rule);
            }
        }

        return this;
    }

    /// <summary>Adds entries; an equal entry that is there is no error, one with another value is.</summary>
    public NfBatch AddElements(string table, IEnumerable<NfElement> elements) => Elements(NewElement, NetlinkFlags.Create, table, elements);

    /// <summary>Removes entries; one that is not there fails the transaction.</summary>
    public NfBatch RemoveElements(string table, IEnumerable<NfElement> elements) => Elements(DeleteElement, NetlinkFlags.None, table, elements);

    /// <summary>Ends the transaction: the last message before the end asks for the acknowledgement.</summary>
    /// <returns>The position of the message that asks.</returns>
    internal int End()
    {
        Writer.AddFlags(NetlinkFlags.Ack);
        int asked = Writer.Count - 1;
        Writer.Begin(BatchEnd, NetlinkFlags.Request);
        WriteHeader(0, Subsystem);
        return asked;
    }

    private void AddSet(NfTable table, NfSet set)
    {
        bool concatenated = set.Key.Count > 1;
        NetlinkWriter w = Begin(NewSet, table.Family, NetlinkFlags.Create, "set " + set.Name)
            .Text(SetTable, table.Name).Text(SetName, set.Name)
            .UInt32BigEndian(SetFlags, (set.Value is null ? 0 : SetIsMap) | (concatenated ? SetIsConcatenation : 0))
            .UInt32BigEndian(SetKeyType, NfSet.Type(set.Key)).UInt32BigEndian(SetKeyLength, (uint)NfSet.Length(set.Key))
            .UInt32BigEndian(SetId, ++_setId);
        if (set.Value is not null)
        {
            w.UInt32BigEndian(SetDataType, NfSet.Type(set.Value)).UInt32BigEndian(SetDataLength, (uint)NfSet.Length(set.Value));
        }

        if (concatenated)
        {
            w.Nest(SetDescription).Nest(DescriptionConcatenation);
            foreach (NfDataType field in set.Key)
            {
                w.Nest(ListElement).UInt32BigEndian(FieldLength, (uint)NfSet.Width(field)).EndNest();
            }

            w.EndNest().EndNest();
        }
    }

    private void AddChain(NfTable table, NfChain chain)
    {
        NetlinkWriter w = Begin(NewChain, table.Family, NetlinkFlags.Create, "chain " + chain.Name).Text(ChainTable, table.Name).Text(ChainName, chain.Name);
        if (chain.Hook is { } hook)
        {
            w.Nest(ChainHook).UInt32BigEndian(HookNumber, (uint)hook).UInt32BigEndian(HookPriority, (uint)chain.Priority).EndNest()
                .UInt32BigEndian(ChainPolicy, (uint)chain.Policy).Text(ChainType, chain.Type);
        }
    }

    private void AddRule(NfTable table, NfChain chain, NfRule rule)
    {
        NetlinkWriter w = Begin(NewRule, table.Family, NetlinkFlags.Create | NetlinkFlags.Append, chain.Name + ": " + rule.Comment)
            .Text(RuleTable, table.Name).Text(RuleChain, chain.Name).Nest(RuleExpressions);
        foreach (NfExpression expression in rule.Expressions)
        {
            expression.Write(w);
        }

        w.EndNest();

        // nft(8) keeps comments as type (0), length and text with its zero byte.
        byte[] text = Encoding.UTF8.GetBytes(rule.Comment);
        w.Bytes(RuleUserData, [0, (byte)(text.Length + 1), .. text, 0]);
    }

    private NfBatch Elements(int message, NetlinkFlags flags, string table, IEnumerable<NfElement> elements)
    {
        foreach (Grouping<(NfFamily Family, string Set), NfElement> group in elements.GroupBy(e => (e.Family, e.Set)))
        {
            foreach (NfElement[] chunk in group.Chunk(ElementsPerMessage))
            {
                NetlinkWriter w = Begin(message, group.Key.Family, flags, "elements of " + group.Key.Set).Text(ElementsTable, table).Text(ElementsSet, group.Key.Set).Nest(ElementsList);
                foreach (NfElement element in chunk)
                {
                    w.Nest(ListElement).Nest(ElementKey).Bytes(DataValue, element.Key.Span).EndNest();
                    if (message == NewElement && element.Value is { } value)
                    {
                        w.Nest(ElementData).Bytes(DataValue, value.Span).EndNest();
                    }

                    w.EndNest();
                }

                w.EndNest();
            }
        }

        return this;
    }

    /// <summary>What the message at a position is about, for errors.</summary>
    internal string Describe(int position) => position < _names.Count ? _names[position] : "end of transaction";

    private NetlinkWriter Begin(int message, NfFamily family, NetlinkFlags flags, string name)
    {
        _names.Add(name);
        Writer.Begin((ushort)(Subsystem << 8 | message), NetlinkFlags.Request | flags);
        WriteHeader((byte)family, 0);
        return Writer;
    }

    // struct nfgenmsg
    private void WriteHeader(byte family, ushort resource)
    {
        Span<byte> header = Writer.Reserve(4);
        header[0] = family;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], resource);
    }
}
