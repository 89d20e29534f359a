using System.Text;
using Wharf.Archive.Tar;
using Wharf.Primitives;

namespace Wharf.Archive.Trees;

/// <summary>
/// A member's name brought into order: no empty, "." or ".." parts, no slash in front. Bytes are kept one to one as Latin-1
/// characters, so that the text can be a key and go back to the same bytes.
/// </summary>
internal readonly record struct TreePath
{
    private TreePath(string text) => Text = text;

    /// <summary>Latin-1, without a leading slash; empty for the root.</summary>
    public string Text { get; }

    public static TreePath Root => new("");

    public bool IsRoot => Text.Length == 0;

    public TreePath Parent => Text.LastIndexOf('/') is > 0 and var slash ? new TreePath(Text[..slash]) : Root;

    /// <summary>The last part, ended by NUL for the kernel.</summary>
    public byte[] Name => Bytes(Text.AsSpan(Text.LastIndexOf('/') + 1));

    /// <summary>The whole path, ended by NUL; "." for the root.</summary>
    public byte[] Whole => IsRoot ? ".\0"u8.ToArray() : Bytes(Text);

    public TreePath Join(ReadOnlySpan<byte> name) => new(IsRoot ? Encoding.Latin1.GetString(name) : Text + "/" + Encoding.Latin1.GetString(name));

    public TreePath Join(TreePath below) => IsRoot ? below : below.IsRoot ? this : new TreePath(Text + "/" + below.Text);

    /// <summary>For people: as an absolute path, UTF-8 read as such.</summary>
    public override string ToString() => "/" + Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Text ?? ""));

    /// <summary>The name as a path below some directory; ".." is taken away by its letters, before any link is looked at.</summary>
    /// <exception cref="WharfException">InvalidArgument: the name leads out of the directory.</exception>
    public static TreePath Clean(ReadOnlySpan<byte> name) =>
        TryClean(name, out TreePath path) ? path : throw WharfException.Invalid($"invalid tar entry {TarErrors.Show(name)}: the path is outside of the root");

    /// <summary>The same for a path where ".." at the root stays at the root, as the kernel has it.</summary>
    public static TreePath CleanAbsolute(string path)
    {
        TryClean([(byte)'/', .. Encoding.UTF8.GetBytes(path)], out TreePath clean, stayAtRoot: true);
        return clean;
    }

    private static bool TryClean(ReadOnlySpan<byte> name, out TreePath path, bool stayAtRoot = false)
    {
        // most names are in order already
        if (name.Length > 0 && name[0] != '/' && name[0] != '.' && name.IndexOf("//"u8) < 0 && name.IndexOf("/."u8) < 0 && name[^1] != '/')
        {
            path = new TreePath(Encoding.Latin1.GetString(name));
            return true;
        }

        var parts = new List<string>();
        foreach (string part in Encoding.Latin1.GetString(name).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part != "..")
            {
                if (part != ".")
                {
                    parts.Add(part);
                }
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (!stayAtRoot)
            {
                path = default;
                return false;
            }
        }

        path = new TreePath(string.Join('/', parts));
        return true;
    }

    private static byte[] Bytes(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[text.Length + 1];
        Encoding.Latin1.GetBytes(text, bytes);
        return bytes;
    }
}
