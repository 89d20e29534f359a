using System.Text;
using Wharf.Primitives;

namespace Wharf.Archive.Tar;

/// <summary>Texts for archives that cannot be read. The name is cut and made printable: it comes from a stranger.</summary>
internal static class TarErrors
{
    private const int LongestShown = 200;

    public static WharfException NotAnArchive(long offset) =>
        WharfException.Invalid($"invalid tar header at offset {offset}");

    public static WharfException Truncated(long offset) =>
        WharfException.Invalid($"unexpected end of tar archive at offset {offset}");

    public static WharfException Entry(ReadOnlySpan<byte> name, long offset, string problem) =>
        WharfException.Invalid($"tar entry {Show(name)} at offset {offset}: {problem}");

    public static WharfException Header(long offset, string problem) =>
        WharfException.Invalid($"tar header at offset {offset}: {problem}");

    /// <summary>A name in quotes, control characters as \xNN, at most 200 bytes of it.</summary>
    public static string Show(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder("\"");
        foreach (char c in Encoding.UTF8.GetString(name[..Math.Min(name.Length, LongestShown)]))
        {
            if (char.IsControl(c))
            {
                text.Append("\\x").Append(((int)c).ToString("x2"));
            }
            else
            {
                text.Append(c);
            }
        }

        return text.Append(name.Length > LongestShown ? "...\"" : "\"").ToString();
    }
}
