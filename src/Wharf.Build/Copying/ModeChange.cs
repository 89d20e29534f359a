using Wharf.Primitives;

namespace Wharf.Build.Copying;

/// <summary>A <c>--chmod</c> value: octal (0755) or symbolic (<c>u=rwX,go-w</c>), as chmod(1) reads it.</summary>
public sealed class ModeChange
{
    private readonly IReadOnlyList<(uint Who, char Operation, string Permissions)> _clauses = [];

    private ModeChange(uint octal) => Octal = octal;

    private ModeChange(IReadOnlyList<(uint, char, string)> clauses) => _clauses = clauses;

    /// <summary>The mode that every file gets; null for a symbolic value.</summary>
    public uint? Octal { get; }

    /// <exception cref="WharfException">InvalidArgument naming the value.</exception>
    public static ModeChange Parse(string text)
    {
        if (text.Length is > 0 and <= 5 && text.All(c => c is >= '0' and <= '7'))
        {
            uint value = Convert.ToUInt32(text, 8);
            return value <= 0xFFF ? new ModeChange(value) : throw Invalid(text);
        }

        var clauses = new List<(uint, char, string)>();
        foreach (string clause in text.Split(','))
        {
            int at = clause.AsSpan().IndexOfAny('=', '+', '-');
            if (at < 0)
            {
                throw Invalid(text);
            }

            uint who = 0;
            foreach (char c in clause.AsSpan(0, at))
            {
                who |= c switch { 'u' => 0x9C0u, 'g' => 0x438u, 'o' => 0x207u, 'a' => 0xFFFu, _ => throw Invalid(text) };
            }

            string permissions = clause[(at + 1)..];
            if (!permissions.All("rwxXst".Contains))
            {
                throw Invalid(text);
            }

            clauses.Add((who == 0 ? 0xFFFu : who, clause[at], permissions));
        }

        return new ModeChange(clauses);
    }

    /// <summary>The new permission bits of a file that has <paramref name="mode"/>.</summary>
    public uint Apply(uint mode, bool isDirectory)
    {
        if (Octal is { } octal)
        {
            return octal;
        }

        foreach ((uint who, char operation, string permissions) in _clauses)
        {
            uint bits = 0;
            foreach (char c in permissions)
            {
                bits |= c switch
                {
                    'r' => 0x124u,
                    'w' => 0x92u,
                    'x' => 0x49u,
                    'X' => isDirectory || (mode & 0x49) != 0 ? 0x49u : 0u,
                    's' => 0xC00u,
                    _ => 0x200u,
                };
            }

            bits &= who;
            mode = operation switch { '+' => mode | bits, '-' => mode & ~bits, _ => (mode & ~(who & 0x1FFu)) | bits };
        }

        return mode;
    }

    private static WharfException Invalid(string text) =>
        WharfException.Invalid($"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777, or symbolic as for chmod(1)");
}
