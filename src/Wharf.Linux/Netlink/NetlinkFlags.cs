namespace Wharf.Linux.Netlink;

/// <summary>Flags of a message's header (netlink(7), linux/netlink.h).</summary>
[Flags]
public enum NetlinkFlags : ushort
{
    None = 0,
    Request = 0x1,
    Multi = 0x2,
    Ack = 0x4,
    Echo = 0x8,
    DumpInterrupted = 0x10,

    /// <summary>On a get: all entries that match.</summary>
    Dump = 0x300,

    /// <summary>On a new: refuse if it exists.</summary>
    Exclusive = 0x200,

    /// <summary>On a new: replace what exists.</summary>
    Replace = 0x100,

    /// <summary>On a new: create if it does not exist.</summary>
    Create = 0x400,

    /// <summary>On a new: add at the end of the list.</summary>
    Append = 0x800,
}

/// <summary>The kernel's side of a netlink socket (linux/netlink.h).</summary>
public enum NetlinkFamily
{
    Route = 0,
    Netfilter = 12,
}
