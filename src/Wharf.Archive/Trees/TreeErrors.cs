using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Trees;

/// <summary>Failures of the file system in Go's words, which Docker's users know: <c>mkdir /a/b: no space left on device</c>.</summary>
internal static class TreeErrors
{
    public static WharfException Of(Errno errno, string operation, TreePath path) => errno.ToException(operation, path.ToString());

    public static void ThrowIfError(this Errno errno, string operation, TreePath path)
    {
        if (errno != Errno.None)
        {
            throw Of(errno, operation, path);
        }
    }
}
