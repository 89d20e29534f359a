using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Copying;

/// <summary>
/// A directory tree to copy from: the build context, or the root of another stage or image. Paths are relative to its root with forward
/// slashes; links are followed within the root only.
/// </summary>
/// <param name="root">Handle of the root directory; owned by whoever made it.</param>
/// <param name="ignore">Rules of .dockerignore, for the context.</param>
/// <param name="keepOwners">Files keep their owners (other stages) instead of becoming root's (the context).</param>
public sealed class SourceTree(SafeFileHandle root, IgnorePatterns? ignore, bool keepOwners)
{
    /// <summary>Links within names that are followed before we call it a loop, as the kernel does (path_resolution(7)).</summary>
    private const int MaxDepth = 256;

    public SafeFileHandle Root { get; } = root;

    public bool KeepOwners { get; } = keepOwners;

    public bool IsIgnored(string path) => ignore is not null && path.Length > 0 && ignore.IsIgnored(path);

    public bool CanSkipBelow(string path) => ignore is not null && path.Length > 0 && ignore.CanSkipBelow(path);

    /// <summary>Opens what a path stands for. The last component is followed only if <paramref name="followLast"/>.</summary>
    public Errno Open(string path, bool followLast, out SafeFileHandle file) =>
        FileCalls.OpenAt2(Root, path.Length == 0 ? "." : path,
            OpenFlags.Path | OpenFlags.CloseOnExec | (followLast ? 0 : OpenFlags.NoFollow), ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out file);

    /// <summary>The file's status, or null when there is no such file or it is ignored.</summary>
    public FileStatus? Status(string path, bool followLast)
    {
        if (IsIgnored(path) && !ignore!.HasExceptions)
        {
            return null;
        }

        var errno = Open(path, followLast, out var file);
        using (file)
        {
            if (errno is Errno.ENOENT or Errno.ENOTDIR)
            {
                return null;
            }

            errno.ThrowIfError("openat2", path);
            NameCalls.Status(file, out var status).ThrowIfError("statx", path);
            return IsIgnored(path) && !status.IsDirectory ? null : status;
        }
    }

    /// <summary>The paths that a source argument stands for, sorted: itself, or all that its pattern matches.</summary>
    public IReadOnlyList<string> Match(string source)
    {
        string clean = PathPattern.Clean(source.TrimStart('/'));
        clean = clean == "." ? "" : clean;
        if (!PathPattern.HasWildcards(clean))
        {
            return Status(clean, followLast: true) is null ? [] : [clean];
        }

        var found = new List<string>();
        Expand("", clean.Split('/'), 0, found);
        found.Sort(string.CompareOrdinal);
        return found;
    }

    /// <summary>Names in a directory, sorted by bytes, ignored ones left out (unless something below them may come back).</summary>
    public IReadOnlyList<string> List(string path)
    {
        var errno = FileCalls.OpenAt2(Root, path.Length == 0 ? "." : path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec,
            ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out var directory);
        using (directory)
        {
            if (errno is Errno.ENOENT or Errno.ENOTDIR)
            {
                return [];
            }

            errno.ThrowIfError("openat2", path);
            DirectoryReader.Read(directory, out var entries).ThrowIfError("getdents64", path);
            return [.. entries.Select(e => Encoding.UTF8.GetString(e.Name)).Where(n => !CanSkipBelow(Join(path, n)) ).Order(StringComparer.Ordinal)];
        }
    }

    public static string Join(string folder, string name) => folder.Length == 0 ? name : folder + "/" + name;

    private void Expand(string folder, string[] parts, int at, List<string> found)
    {
        if (at > MaxDepth)
        {
            throw WharfException.Invalid($"the pattern has more than {MaxDepth} components");
        }

        bool last = at == parts.Length - 1;
        if (parts[at] == "**")
        {
            if (!last)
            {
                Expand(folder, parts, at + 1, found);
            }

            foreach (string name in List(folder))
            {
                string path = Join(folder, name);
                if (last)
                {
                    AddIfPresent(path, found);
                }
                else if (Status(path, followLast: false) is { IsDirectory: true })
                {
                    Expand(path, parts, at, found);
                }
            }

            return;
        }

        var pattern = new PathPattern(parts[at]);
        foreach (string name in List(folder).Where(pattern.Matches))
        {
            string path = Join(folder, name);
            if (last)
            {
                AddIfPresent(path, found);
            }
            else
            {
                Expand(path, parts, at + 1, found);
            }
        }
    }

    private void AddIfPresent(string path, List<string> found)
    {
        if (Status(path, followLast: false) is not null)
        {
            found.Add(path);
        }
    }
}
