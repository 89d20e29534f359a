using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Mounts;

/// <summary>Follows the links in a path within a root by hand, as far as the root: what comes out names the same file without any.</summary>
internal static class LinkFreePath
{
    private const int MostLinks = 40;

    /// <param name="root">Of an image, which nobody changes.</param>
    /// <param name="path">Relative to it; it exists.</param>
    /// <returns>Relative, without dots; empty for the root.</returns>
    /// <exception cref="WharfException">InvalidArgument: too many links.</exception>
    public static string Of(SafeFileHandle root, string path)
    {
        var waiting = new Stack<string>(path.Split('/').Reverse());
        var walked = new List<string>();
        int links = 0;
        while (waiting.TryPop(out string? part))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                if (walked.Count > 0)
                {
                    walked.RemoveAt(walked.Count - 1);
                }

                continue;
            }

            walked.Add(part);
            if (Target(root, string.Join('/', walked)) is not { } target)
            {
                continue;
            }

            if (++links > MostLinks)
            {
                throw WharfException.Invalid($"too many levels of symbolic links in {path}");
            }

            walked.RemoveAt(walked.Count - 1);
            if (target.StartsWith('/'))
            {
                walked.Clear();
            }

            foreach (string next in target.Split('/').Reverse())
            {
                waiting.Push(next);
            }
        }

        return string.Join('/', walked);
    }

    /// <summary>What a link says; null for anything else.</summary>
    private static string? Target(SafeFileHandle root, string path)
    {
        FileCalls.OpenAt2(root, path, OpenFlags.Path | OpenFlags.NoFollow | OpenFlags.CloseOnExec, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out SafeFileHandle file).ThrowIfError("openat2", path);
        using (file)
        {
            NameCalls.Status(file, out FileStatus status).ThrowIfError("statx", path);
            if ((status.Mode & FileType.Mask) != FileType.SymbolicLink)
            {
                return null;
            }

            NameCalls.ReadLink(file, "", out byte[] target).ThrowIfError("readlinkat", path);
            return Encoding.UTF8.GetString(target);
        }
    }
}
