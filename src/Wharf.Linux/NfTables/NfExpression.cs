using Wharf.Linux.Netlink;

namespace Wharf.Linux.NfTables;

/// <summary>
/// One instruction of a rule (nf_tables runs them in order and leaves the rule at the first comparison that fails). Registers: 1 to 4 hold 16 bytes, 8 to 23 are the
/// same room in pieces of 4 (NFT_REG_*, NFT_REG32_*).
/// </summary>
public abstract record NfExpression(string Name)
{
    /// <summary>Register 1, as its first piece of four bytes.</summary>
    public const uint FirstWord = 8;

    internal void Write(NetlinkWriter w)
    {
        w.Nest(NfConstants.ListElement).Text(NfConstants.ExpressionName, Name).Nest(NfConstants.ExpressionData);
        WriteData(w);
        w.EndNest().EndNest();
    }

    private protected abstract void WriteData(NetlinkWriter w);

    private protected static void WriteValue(NetlinkWriter w, int type, ReadOnlySpan<byte> value) => w.Nest(type).Bytes(NfConstants.DataValue, value).EndNest();
}

public enum NfPayloadBase : uint
{
    Link = 0,
    Network = 1,
    Transport = 2,
}

/// <summary>Loads bytes of the packet.</summary>
public sealed record NfPayload(NfPayloadBase Base, uint Offset, uint Length, uint Register = NfExpression.FirstWord) : NfExpression("payload")
{
    private protected override void WriteData(NetlinkWriter w) =>
        w.UInt32BigEndian(1, Register).UInt32BigEndian(2, (uint)Base).UInt32BigEndian(3, Offset).UInt32BigEndian(4, Length);
}

public enum NfMetaKey : uint
{
    Protocol = 1,
    InputName = 6,
    OutputName = 7,
    Family = 15,
    TransportProtocol = 16,
    InputGroup = 21,
    OutputGroup = 22,
}

/// <summary>Loads what the kernel knows of the packet. Names of interfaces take a whole register (16 bytes).</summary>
public sealed record NfMeta(NfMetaKey Key, uint Register = NfExpression.FirstWord) : NfExpression("meta")
{
    private protected override void WriteData(NetlinkWriter w) => w.UInt32BigEndian(1, Register).UInt32BigEndian(2, (uint)Key);
}

/// <summary>Goes on only when the register equals (or does not equal) the value.</summary>
public sealed record NfCompare(byte[] Value, bool Equal = true, uint Register = NfExpression.FirstWord) : NfExpression("cmp")
{
    private protected override void WriteData(NetlinkWriter w)
    {
        w.UInt32BigEndian(1, Register).UInt32BigEndian(2, Equal ? 0u : 1u);
        WriteValue(w, 3, Value);
    }
}

/// <summary>Keeps the bits of the mask.</summary>
public sealed record NfMask(byte[] Mask, uint Register = NfExpression.FirstWord) : NfExpression("bitwise")
{
    private protected override void WriteData(NetlinkWriter w)
    {
        w.UInt32BigEndian(1, Register).UInt32BigEndian(2, Register).UInt32BigEndian(3, (uint)Mask.Length);
        WriteValue(w, 4, Mask);
        WriteValue(w, 5, new byte[Mask.Length]);
    }
}

/// <summary>
/// Goes on only when the registers' content is in the set (or is not); a map's value is loaded into <paramref name="Destination"/>.
/// </summary>
public sealed record NfLookup(string Set, bool Contained = true, uint? Destination = null, uint Register = NfExpression.FirstWord) : NfExpression("lookup")
{
    private protected override void WriteData(NetlinkWriter w)
    {
        w.Text(1, Set).UInt32BigEndian(2, Register);
        if (Destination is { } destination)
        {
            w.UInt32BigEndian(3, destination);
        }

        if (!Contained)
        {
            w.UInt32BigEndian(5, 1);
        }
    }
}

public enum NfConntrackKey : uint
{
    State = 0,
    Status = 2,
}

/// <summary>Loads what connection tracking knows of the packet, in the machine's byte order.</summary>
public sealed record NfConntrack(NfConntrackKey Key, uint Register = NfExpression.FirstWord) : NfExpression("ct")
{
    private protected override void WriteData(NetlinkWriter w) => w.UInt32BigEndian(1, Register).UInt32BigEndian(2, (uint)Key);
}

/// <summary>Loads the kind (RTN_*) of the destination address: 2 is one of the host's own.</summary>
public sealed record NfDestinationKind(uint Register = NfExpression.FirstWord) : NfExpression("fib")
{
    private protected override void WriteData(NetlinkWriter w)
    {
        const uint addressType = 3, byDestination = 2;
        w.UInt32BigEndian(1, Register).UInt32BigEndian(2, addressType).UInt32BigEndian(3, byDestination);
    }
}

/// <summary>Translates the destination to address and port in registers.</summary>
public sealed record NfDestinationNat(NfFamily Family, uint AddressRegister, uint PortRegister) : NfExpression("nat")
{
    private protected override void WriteData(NetlinkWriter w) =>
        w.UInt32BigEndian(1, 1).UInt32BigEndian(2, (uint)Family).UInt32BigEndian(3, AddressRegister).UInt32BigEndian(5, PortRegister);
}

/// <summary>Translates the source to the address in a register.</summary>
public sealed record NfSourceNat(NfFamily Family, uint AddressRegister) : NfExpression("nat")
{
    private protected override void WriteData(NetlinkWriter w) => w.UInt32BigEndian(1, 0).UInt32BigEndian(2, (uint)Family).UInt32BigEndian(3, AddressRegister);
}

/// <summary>Loads a value into a register.</summary>
public sealed record NfLoad(byte[] Value, uint Register = NfExpression.FirstWord) : NfExpression("immediate")
{
    private protected override void WriteData(NetlinkWriter w)
    {
        w.UInt32BigEndian(1, Register);
        WriteValue(w, 2, Value);
    }
}

/// <summary>Translates the source to the outgoing interface's address.</summary>
public sealed record NfMasquerade() : NfExpression("masq")
{
    private protected override void WriteData(NetlinkWriter w)
    {
    }
}

public enum NfVerdictCode
{
    Drop = 0,
    Accept = 1,
    Jump = -3,
    Goto = -4,
    Return = -5,
}

/// <summary>Ends the rule with a verdict.</summary>
public sealed record NfVerdict(NfVerdictCode Code, string? Chain = null) : NfExpression("immediate")
{
    private protected override void WriteData(NetlinkWriter w)
    {
        w.UInt32BigEndian(1, 0).Nest(2).Nest(NfConstants.DataVerdict).UInt32BigEndian(NfConstants.VerdictCode, (uint)Code);
        if (Chain is not null)
        {
            w.Text(NfConstants.VerdictChain, Chain);
        }

        w.EndNest().EndNest();
    }
}
