using System.Globalization;
using System.Text;

namespace Wharf.Linux;

/// <summary>One line of /proc/PID/mountinfo (proc(5)).</summary>
public sealed record MountEntry
{
    public required int Id { get; init; }

    public required int ParentId { get; init; }

    /// <summary>The directory of the file system that is the root of this mount.</summary>
    public required string Root { get; init; }

    public required string MountPoint { get; init; }

    /// <summary>Per-mount options, comma-separated.</summary>
    public required string Options { get; init; }

    /// <summary>shared:N, master:N, propagate_from:N, unbindable, space-separated.</summary>
    public required string Propagation { get; init; }

    public required string Type { get; init; }

    public required string Source { get; init; }

    /// <summary>Options of the file system, comma-separated.</summary>
    public required string SuperOptions { get; init; }
}

/// <summary>Parses mountinfo. Octal escapes (\040 for a blank) are undone.</summary>
public static class MountTable
{
    public static IReadOnlyList<MountEntry> Own() => Parse(SmallFile.Read("/proc/self/mountinfo"));

    /// <summary>The lines, as they are, of mounts whose file system's type begins with the text: tables of busy hosts have thousands of others.</summary>
    public static string OwnLinesOf(string type)
    {
        var lines = new StringBuilder();
        foreach (ReadOnlySpan<char> line in SmallFile.Read("/proc/self/mountinfo").AsSpan().EnumerateLines())
        {
            if (line.IndexOf(" - ") is var dash and >= 0 && line[(dash + 3)..].StartsWith(type, StringComparison.Ordinal))
            {
                lines.Append(line).Append('\n');
            }
        }

        return lines.ToString();
    }

    public static IReadOnlyList<MountEntry> Parse(string mountinfo)
    {
        var entries = new List<MountEntry>();
        foreach (ReadOnlySpan<char> line in mountinfo.AsSpan().EnumerateLines())
        {
            if (ParseLine(line) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    internal static MountEntry? ParseLine(ReadOnlySpan<char> line)
    {
        int dash = line.IndexOf(" - ");
        if (dash < 0)
        {
            return null;
        }

        Span<Range> left = stackalloc Range[7];
        Span<Range> right = stackalloc Range[3];
        ReadOnlySpan<char> tail = line[(dash + 3)..];
        line = line[..dash];
        int fields = line.Split(left, ' ');
        int tails = tail.Split(right, ' ');
        if (fields < 6 || tails < 2
            || !int.TryParse(line[left[0]], NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            || !int.TryParse(line[left[1]], NumberStyles.None, CultureInfo.InvariantCulture, out int parent))
        {
            return null;
        }

        return new MountEntry
        {
            Id = id,
            ParentId = parent,
            Root = Unescape(line[left[3]]),
            MountPoint = Unescape(line[left[4]]),
            Options = line[left[5]].ToString(),
            Propagation = fields > 6 ? line[left[6]].ToString() : "",
            Type = Unescape(tail[right[0]]),
            Source = Unescape(tail[right[1]]),
            SuperOptions = tails > 2 ? tail[right[2]].ToString() : "",
        };
    }

    private static string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        // The kernel escapes bytes; what is not escaped is UTF-8 that was decoded already, so only ASCII comes back this way.
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && IsOctal(text[i + 1]) && IsOctal(text[i + 2]) && IsOctal(text[i + 3]))
            {
                result.Append((char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    private static bool IsOctal(char c) => c is >= '0' and <= '7';
}
