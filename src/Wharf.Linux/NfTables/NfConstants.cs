namespace Wharf.Linux.NfTables;

/// <summary>What packets a table sees (linux/netfilter.h, NFPROTO_*).</summary>
public enum NfFamily : byte
{
    Inet = 1,
    IPv4 = 2,
    Bridge = 7,
    IPv6 = 10,
}

/// <summary>Where a chain hangs in the packet's way (linux/netfilter.h, NF_INET_*; the bridge family has the same numbers).</summary>
public enum NfHook : uint
{
    Prerouting = 0,
    Input = 1,
    Forward = 2,
    Output = 3,
    Postrouting = 4,
}

[Flags]
public enum NfTableFlags : uint
{
    None = 0,

    /// <summary>Nobody but the socket that made it may change it, and a flush of everything leaves it alone (since Linux 5.12).</summary>
    Owner = 2,

    /// <summary>An owned table stays when its owner's socket closes, and may then be taken over (since Linux 6.9).</summary>
    Persist = 4,
}

/// <summary>What a field of a key or value is; the numbers are those of nft(8), so that its listing reads well.</summary>
public enum NfDataType : uint
{
    IPv4Address = 7,
    IPv6Address = 8,
    Protocol = 12,
    Service = 13,
    InterfaceName = 41,
}

/// <summary>Numbers of linux/netfilter/nf_tables.h and linux/netfilter/nfnetlink.h, without the prefix NFTA_ or NFT_.</summary>
internal static class NfConstants
{
    internal const ushort Subsystem = 10;
    internal const ushort BatchBegin = 16, BatchEnd = 17;
    internal const int NewTable = 0, GetTable = 1, DeleteTable = 2, NewChain = 3, NewRule = 6, NewSet = 9, NewElement = 12, DeleteElement = 14, NewGeneration = 15, GetGeneration = 16;
    internal const int TableName = 1, TableFlags = 2, TableOwner = 7;
    internal const int ChainTable = 1, ChainName = 3, ChainHook = 4, ChainPolicy = 5, ChainType = 7, HookNumber = 1, HookPriority = 2;
    internal const int RuleTable = 1, RuleChain = 2, RuleExpressions = 4, RuleUserData = 7;
    internal const int SetTable = 1, SetName = 2, SetFlags = 3, SetKeyType = 4, SetKeyLength = 5, SetDataType = 6, SetDataLength = 7, SetDescription = 9, SetId = 10;
    internal const int DescriptionConcatenation = 2, FieldLength = 1;
    internal const uint SetIsMap = 8, SetIsConcatenation = 0x80;
    internal const int ElementsTable = 1, ElementsSet = 2, ElementsList = 3;
    internal const int ElementKey = 1, ElementData = 2;
    internal const int ListElement = 1, ExpressionName = 1, ExpressionData = 2, DataValue = 1, DataVerdict = 2, VerdictCode = 1, VerdictChain = 2;
}
