using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Wharf.Primitives;

/// <summary>
/// A content digest, <c>algorithm:hex</c>, as the OCI image specification defines it ("Digests"). Only sha256 and sha512, the
/// registered algorithms, are accepted, with lower-case hexadecimal of the exact length.
/// </summary>
public readonly record struct Digest
{
    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary>True for <c>default</c>, which is no digest at all.</summary>
    public bool IsEmpty => _text is null;

    public string Algorithm => ToString() is { Length: > 0 } text ? text[..text.IndexOf(':')] : "";

    /// <summary>The hexadecimal part, without the algorithm.</summary>
    public string Encoded => ToString() is { Length: > 0 } text ? text[(text.IndexOf(':') + 1)..] : "";

    /// <summary>The first twelve hexadecimal digits, the form in which people see ids.</summary>
    public string Short => Encoded is { Length: > 12 } hex ? hex[..12] : Encoded;

    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is null)
        {
            return false;
        }

        int length = text.StartsWith("sha256:", StringComparison.Ordinal) ? 64
            : text.StartsWith("sha512:", StringComparison.Ordinal) ? 128 : 0;
        if (length == 0 || text.Length != 7 + length || !Hexadecimal.IsHex(text.AsSpan(7)))
        {
            return false;
        }

        digest = new Digest(text);
        return true;
    }

    /// <exception cref="WharfException">InvalidArgument, naming the text.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw WharfException.Invalid($"invalid digest \"{text}\"");

    public static Digest Sha256(ReadOnlySpan<byte> content) => FromHash(SHA256.HashData(content));

    /// <summary>The sha256 digest whose 32 hash bytes are given.</summary>
    public static Digest FromHash(ReadOnlySpan<byte> sha256) => new("sha256:" + Convert.ToHexStringLower(sha256));

    public static Digest FromHex(string sha256Hex) => Parse("sha256:" + sha256Hex);

    public override string ToString() => _text ?? "";
}
