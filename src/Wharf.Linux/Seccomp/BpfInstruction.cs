using System.Buffers.Binary;

namespace Wharf.Linux.Seccomp;

/// <summary>struct sock_filter (linux/filter.h): one instruction of classic BPF.</summary>
internal readonly record struct BpfInstruction(ushort Code, byte True, byte False, uint Constant)
{
    public const int Size = 8;

    private const ushort LoadWord = 0x20, And = 0x54, JumpAlways = 0x05, JumpEqual = 0x15, JumpGreater = 0x25, JumpGreaterOrEqual = 0x35, Give = 0x06;

    /// <summary>A = the 32-bit word of struct seccomp_data at an offset.</summary>
    public static BpfInstruction Load(int offset) => new(LoadWord, 0, 0, (uint)offset);

    public static BpfInstruction Mask(uint mask) => new(And, 0, 0, mask);

    public static BpfInstruction Jump(int distance) => new(JumpAlways, 0, 0, (uint)distance);

    public static BpfInstruction Equal(uint value, byte whenTrue, byte whenFalse) => new(JumpEqual, whenTrue, whenFalse, value);

    public static BpfInstruction Greater(uint value, byte whenTrue, byte whenFalse) => new(JumpGreater, whenTrue, whenFalse, value);

    public static BpfInstruction GreaterOrEqual(uint value, byte whenTrue, byte whenFalse) => new(JumpGreaterOrEqual, whenTrue, whenFalse, value);

    public static BpfInstruction Return(SeccompAction action) => new(Give, 0, 0, action.Value);

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination, Code);
        destination[2] = True;
        destination[3] = False;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Constant);
    }
}
