using System.Buffers.Binary;
using System.Text;
using Wharf.Primitives;

namespace Wharf.Runtime.Shims.Protocol;

/// <summary>Reads the members of one frame. A member that starts exactly at the end was not sent and is its default; one that is cut is an error.</summary>
internal ref struct FrameReader
{
    private ReadOnlySpan<byte> _rest;

    public FrameReader(ReadOnlySpan<byte> body, out byte kind, out uint sequence)
    {
        _rest = body;
        kind = Take(1)[0];
        sequence = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
    }

    public int Number() => _rest.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Long() => _rest.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> Bytes() => Take(Number());

    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>The length of a list whose items have at least <paramref name="itemSize"/> bytes each.</summary>
    public int Count(int itemSize)
    {
        int count = Number();
        if (count < 0 || count > _rest.Length / itemSize)
        {
            throw Damaged();
        }

        return count;
    }

    private ReadOnlySpan<byte> Take(int size)
    {
        if (size < 0 || size > _rest.Length)
        {
            throw Damaged();
        }

        ReadOnlySpan<byte> taken = _rest[..size];
        _rest = _rest[size..];
        return taken;
    }

    private static WharfException Damaged() => WharfException.DataLoss("damaged frame on the shim socket");
}
