using System.Buffers.Binary;

namespace Wharf.Runtime.Launch;

/// <summary>A few x86-64 instructions with labels: as much of an assembler as <see cref="InitProgram"/> needs.</summary>
internal sealed class MachineCode(ulong origin)
{
    /// <summary>Condition codes of jcc.</summary>
    public const byte Equal = 0x4, NotEqual = 0x5, Less = 0xC, LessOrEqual = 0xE;

    /// <summary>Register numbers.</summary>
    public const byte Rbp = 5, Rsi = 6, Rdi = 7;

    private readonly List<byte> _bytes = [];
    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lengths = new(StringComparer.Ordinal);
    private readonly List<(int Position, string Label, Fixup Kind)> _fixups = [];

    private enum Fixup
    {
        Relative,
        Absolute,
        Length,
    }

    public void Emit(params ReadOnlySpan<byte> instruction) => _bytes.AddRange(instruction);

    public void Data(ReadOnlySpan<byte> data) => _bytes.AddRange(data);

    public void Mark(string label) => _labels.Add(label, _bytes.Count);

    public void Length(string label, int length) => _lengths.Add(label, length);

    public void Align(int boundary)
    {
        while (((int)origin + _bytes.Count) % boundary != 0)
        {
            _bytes.Add(0);
        }
    }

    /// <summary>mov eax, number; syscall.</summary>
    public void Call(int number)
    {
        Emit(0xb8);
        Int32(number);
        Emit(0x0f, 0x05);
    }

    public void Jump(string label)
    {
        Emit(0xe9);
        Reference(label, Fixup.Relative);
    }

    public void JumpIf(byte condition, string label)
    {
        Emit(0x0f, (byte)(0x80 | condition));
        Reference(label, Fixup.Relative);
    }

    /// <summary>lea register, [rip+label].</summary>
    public void LoadAddress(byte register, string label)
    {
        Emit(0x48, 0x8d, (byte)(0x05 | (register << 3)));
        Reference(label, Fixup.Relative);
    }

    /// <summary>mov edx, the length given for a label.</summary>
    public void LoadLength(string label)
    {
        Emit(0xba);
        Reference(label, Fixup.Length);
    }

    /// <summary>The label's absolute address as 8 bytes of data.</summary>
    public void Address(string label)
    {
        _fixups.Add((_bytes.Count, label, Fixup.Absolute));
        Data(new byte[8]);
    }

    public byte[] Finish()
    {
        byte[] result = [.. _bytes];
        foreach ((int position, string label, Fixup kind) in _fixups)
        {
            Span<byte> place = result.AsSpan(position);
            switch (kind)
            {
                case Fixup.Relative:
                    BinaryPrimitives.WriteInt32LittleEndian(place, _labels[label] - (position + 4));
                    break;
                case Fixup.Absolute:
                    BinaryPrimitives.WriteUInt64LittleEndian(place, origin + (ulong)_labels[label]);
                    break;
                case Fixup.Length:
                    BinaryPrimitives.WriteInt32LittleEndian(place, _lengths[label]);
                    break;
            }
        }

        return result;
    }

    private void Reference(string label, Fixup kind)
    {
        _fixups.Add((_bytes.Count, label, kind));
        Int32(0);
    }

    private void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Emit(bytes);
    }
}
