using System.Buffers.Binary;

namespace Wharf.Linux.Tests.Seccomp;

/// <summary>Classic BPF as the kernel runs it over struct seccomp_data, for what filters use of it.</summary>
internal static class BpfMachine
{
    public static uint Run(byte[] program, uint architecture, int number, ReadOnlySpan<ulong> arguments)
    {
        Span<byte> data = stackalloc byte[64];
        data.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data[4..], architecture);
        for (int i = 0; i < arguments.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(data[(16 + (i * 8))..], arguments[i]);
        }

        uint accumulator = 0;
        int at = 0;
        while (true)
        {
            ReadOnlySpan<byte> instruction = program.AsSpan(at * 8, 8);
            ushort code = BinaryPrimitives.ReadUInt16LittleEndian(instruction);
            uint k = BinaryPrimitives.ReadUInt32LittleEndian(instruction[4..]);
            at++;
            switch (code)
            {
                case 0x20:
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data[(int)k..]);
                    break;
                case 0x54:
                    accumulator &= k;
                    break;
                case 0x05:
                    at += (int)k;
                    break;
                case 0x15:
                    at += accumulator == k ? instruction[2] : instruction[3];
                    break;
                case 0x25:
                    at += accumulator > k ? instruction[2] : instruction[3];
                    break;
                case 0x35:
                    at += accumulator >= k ? instruction[2] : instruction[3];
                    break;
                case 0x06:
                    return k;
                default:
                    throw new InvalidOperationException($"instruction {code:x} at {at - 1}");
            }
        }
    }
}
