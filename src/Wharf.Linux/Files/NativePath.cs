using System.Text;
using Wharf.Primitives;

namespace Wharf.Linux;

/// <summary>
/// A path (or any name) on its way into the kernel: bytes with a final NUL. Strings and byte spans convert by themselves; bytes that
/// already end in NUL are used as they are, so a caller that walks many names pays for no copy. File names are bytes, not text:
/// whoever reads them from an archive or a directory passes bytes.
/// </summary>
/// <exception cref="WharfException">InvalidArgument: a NUL inside the name, which the kernel would take for its end.</exception>
public readonly ref struct NativePath
{
    private readonly ReadOnlySpan<byte> _terminated;

    public NativePath(string path)
    {
        int length = Encoding.UTF8.GetByteCount(path);
        byte[] bytes = new byte[length + 1];
        Encoding.UTF8.GetBytes(path, bytes);
        Refuse(bytes.AsSpan(0, length));
        _terminated = bytes;
    }

    public NativePath(ReadOnlySpan<byte> path)
    {
        if (path.Length > 0 && path[^1] == 0)
        {
            Refuse(path[..^1]);
            _terminated = path;
            return;
        }

        Refuse(path);
        byte[] bytes = new byte[path.Length + 1];
        path.CopyTo(bytes);
        _terminated = bytes;
    }

    public static implicit operator NativePath(string path) => new(path);

    public static implicit operator NativePath(ReadOnlySpan<byte> path) => new(path);

    public static implicit operator NativePath(byte[] path) => new(path.AsSpan());

    /// <summary>For <c>fixed</c>: the first byte of the NUL-terminated name.</summary>
    public ref readonly byte GetPinnableReference() => ref _terminated.IsEmpty ? ref "\0"u8[0] : ref _terminated[0];

    public override string ToString() => _terminated.IsEmpty ? "" : Encoding.UTF8.GetString(_terminated[..^1]);

    private static void Refuse(ReadOnlySpan<byte> name)
    {
        if (name.Contains((byte)0))
        {
            throw WharfException.Invalid("a path must not contain a NUL byte");
        }
    }
}
