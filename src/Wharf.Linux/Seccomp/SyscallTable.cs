using System.Buffers.Text;

namespace Wharf.Linux.Seccomp;

/// <summary>The architectures a filter can tell apart here, by their AUDIT_ARCH_* values (linux/audit.h).</summary>
public enum SyscallArchitecture : uint
{
    X64 = 0xC000003E,
    X86 = 0x40000003,
}

/// <summary>System call numbers by name. A name that an architecture does not have is unknown, which filters ignore.</summary>
internal static partial class SyscallTable
{
    private static readonly Lazy<Dictionary<string, int>> X64 = new(() => Parse(X64Names));
    private static readonly Lazy<Dictionary<string, int>> X86 = new(() => Parse(X86Names));

    public static bool TryFind(SyscallArchitecture architecture, string name, out int number) =>
        (architecture == SyscallArchitecture.X64 ? X64 : X86).Value.TryGetValue(name, out number);

    /// <summary>One more than the highest number.</summary>
    public static int Limit(SyscallArchitecture architecture) => 1 + (architecture == SyscallArchitecture.X64 ? X64 : X86).Value.Values.Max();

    private static Dictionary<string, int> Parse(ReadOnlySpan<byte> text)
    {
        var table = new Dictionary<string, int>(480, StringComparer.Ordinal);
        int next = 0;
        foreach (Range word in text.SplitAny(" \n"u8))
        {
            ReadOnlySpan<byte> name = text[word];
            if (Utf8Parser.TryParse(name, out int number, out int used) && used == name.Length)
            {
                next = number;
            }
            else if (name.Length > 0)
            {
                table[System.Text.Encoding.ASCII.GetString(name)] = next++;
            }
        }

        return table;
    }
}
