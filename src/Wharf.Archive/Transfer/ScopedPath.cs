using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Trees;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Transfer;

/// <summary>A path as the user wrote it, in Docker's terms: the last part may be a slash or a dot, which asks for what a link leads to.</summary>
internal readonly record struct ScopedPath
{
    private const int MostLinks = 255;

    private ScopedPath(TreePath path, string baseName, bool follows)
    {
        Path = path;
        BaseName = baseName;
        Follows = follows;
    }

    /// <summary>Without dots and double slashes.</summary>
    public TreePath Path { get; }

    /// <summary>What Go's filepath.Base says of the absolute path with its last dot or slash kept.</summary>
    public string BaseName { get; }

    /// <summary>A link in the last place is followed.</summary>
    public bool Follows { get; }

    public static ScopedPath Parse(string path)
    {
        if (path.Contains('\0'))
        {
            throw WharfException.Invalid("a path must not contain a NUL byte");
        }

        TreePath clean = TreePath.CleanAbsolute(path);
        // filepath.Base: what an empty path and slashes at the end leave
        bool dot = path.Length == 0 || path.TrimEnd('/') == "." || path.TrimEnd('/').EndsWith("/.", StringComparison.Ordinal);
        bool follows = dot || path.EndsWith('/') || clean.IsRoot;
        string whole = clean.ToString();
        string name = dot ? "." : clean.IsRoot ? "/" : whole[(whole.LastIndexOf('/') + 1)..];
        return new ScopedPath(clean, name, follows);
    }

    /// <exception cref="WharfException">NotFound: "lstat /x: no such file or directory"; Internal, as from Docker's engine: "lstat /x: not a directory".</exception>
    public TreeNode Open(SafeFileHandle root)
    {
        Errno errno = TreeNode.Resolve(root, Path, Follows, out TreeNode node);
        if (errno == Errno.None && Follows && !node.Status.IsDirectory)
        {
            node.Dispose();
            errno = Errno.ENOTDIR;
        }

        return errno == Errno.None ? node
            : errno == Errno.ENOTDIR ? throw WharfException.Internal($"lstat {Path}: {errno.Describe()}")
            : throw TreeErrors.Of(errno, "lstat", Path);
    }

    /// <summary>Where a path leads when all its links are followed within the root; the end need not exist.</summary>
    public static TreePath Evaluate(SafeFileHandle root, TreePath path)
    {
        TreePath done = TreePath.Root;
        var rest = new Stack<string>(path.Text.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        for (int links = 0; rest.Count > 0;)
        {
            string part = rest.Pop();
            if (part == "..")
            {
                done = done.Parent;
                continue;
            }

            if (part == ".")
            {
                continue;
            }

            TreePath next = done.Join(System.Text.Encoding.Latin1.GetBytes(part));
            if (LinkTarget(root, next) is not { } target)
            {
                done = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw TreeErrors.Of(Errno.ELOOP, "lstat", path);
            }

            if (target.StartsWith('/'))
            {
                done = TreePath.Root;
            }

            foreach (string step in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                rest.Push(step);
            }
        }

        return done;
    }

    private static string? LinkTarget(SafeFileHandle root, TreePath path)
    {
        if (TreeNode.Resolve(root, path, follow: false, out TreeNode node) != Errno.None)
        {
            return null;
        }

        using (node)
        {
            return node.Status.IsSymbolicLink && node.ReadLink(out byte[] target) == Errno.None
                ? System.Text.Encoding.Latin1.GetString(target) : null;
        }
    }
}
