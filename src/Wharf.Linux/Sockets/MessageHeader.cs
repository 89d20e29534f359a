using System.Runtime.InteropServices;

namespace Wharf.Linux;

/// <summary>struct msghdr with one struct iovec behind it (sendmsg(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public byte* Address;
    public uint AddressLength;
    private readonly int _pad0;
    public IoVector* Vectors;
    public nuint VectorCount;
    public byte* Control;
    public nuint ControlLength;
    public int Flags;
    private readonly int _pad1;
}

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Base;
    public nuint Length;
}
