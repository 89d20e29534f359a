using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Wharf.Primitives;

namespace Wharf.Build.Copying;

/// <summary>
/// Files to copy from: the build context, or the root of another stage or image. Paths are relative to its root with forward
/// slashes; links are followed within the root only.
/// </summary>
/// <param name="ignore">Rules of .dockerignore, for the context.</param>
/// <param name="keepOwners">Files keep their owners (other stages) instead of becoming root's (the context).</param>
public abstract class SourceTree(IgnorePatterns? ignore, bool keepOwners)
{
    /// <summary>Components of a pattern: more is no pattern that anybody meant.</summary>
    private const int MaxDepth = 256;

    public bool KeepOwners { get; } = keepOwners;

    public bool IsIgnored(string path) => ignore is not null && path.Length > 0 && ignore.IsIgnored(path);

    /// <summary>The bytes of a regular file.</summary>
    /// <exception cref="WharfException">NotFound, or Internal with call and errno.</exception>
    public abstract SourceData OpenData(string path);

    /// <summary>What a symbolic link says.</summary>
    public abstract byte[] ReadLink(string path);

    /// <summary>SHA-256 of a regular file's bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="buffer">Room to read into, the caller's for the time of the call.</param>
    /// <param name="ct">Ends it in between.</param>
    public virtual byte[] Hash(string path, byte[] buffer, CancellationToken ct)
    {
        using var data = OpenData(path);
        return HashOf(data, buffer, ct);
    }

    /// <summary>Makes sure that a copy has the bytes that <see cref="Hash"/> saw; trees that nobody can change need no look.</summary>
    /// <param name="path">The file.</param>
    /// <param name="source">What was copied, still open.</param>
    /// <param name="made">The copy, open for reading.</param>
    /// <param name="buffer">Room to read into.</param>
    /// <param name="ct">Ends it in between.</param>
    /// <exception cref="WharfException">Conflict: the file was changed in between.</exception>
    public virtual void Verify(string path, SourceData source, SafeFileHandle made, byte[] buffer, CancellationToken ct)
    {
    }

    /// <summary>The file's status, or null when there is no such file or it is ignored. The last component is followed only if asked.</summary>
    public SourceStatus? Status(string path, bool followLast)
    {
        bool ignored = IsIgnored(path);
        if (ignored && !ignore!.HasExceptions)
        {
            return null;
        }

        return Find(path, followLast) is { } status && (!ignored || status.IsDirectory) ? status : null;
    }

    /// <summary>The paths that a source argument stands for, sorted: itself, or all that its pattern matches.</summary>
    public IReadOnlyList<string> Match(string source)
    {
        // As in a root directory: what leads above it leads to it.
        string clean = PathPattern.Clean("/" + source)[1..];
        if (!PathPattern.HasWildcards(clean))
        {
            return Status(clean, followLast: true) is null ? [] : [clean];
        }

        var found = new SortedSet<string>(StringComparer.Ordinal);
        Expand("", clean.Split('/'), 0, found);
        return [.. found];
    }

    /// <summary>Names in a directory, sorted by bytes, ignored ones left out (unless something below them may come back).</summary>
    public IReadOnlyList<string> List(string path) =>
        [.. Names(path).Where(n => ignore is null || IsShown(Join(path, n))).Order(StringComparer.Ordinal)];

    /// <summary>As <see cref="List"/>, each with its status.</summary>
    public IReadOnlyList<SourceMember> Members(string path) =>
        [.. Contents(path).Where(m => ignore is null || IsShown(Join(path, m.Name))).OrderBy(m => m.Name, StringComparer.Ordinal)];

    public static string Join(string folder, string name) => folder.Length == 0 ? name : folder + "/" + name;

    /// <summary>Looks a path up; null when it is not there.</summary>
    protected abstract SourceStatus? Find(string path, bool followLast);

    /// <summary>All names in a directory; none when it is no directory.</summary>
    protected abstract IEnumerable<string> Names(string path);

    /// <summary>All that is in a directory; none when it is no directory.</summary>
    protected virtual IEnumerable<SourceMember> Contents(string path)
    {
        foreach (string name in Names(path))
        {
            if (Find(Join(path, name), followLast: false) is { } status)
            {
                yield return new SourceMember(name, status);
            }
        }
    }

    /// <summary>SHA-256 of all bytes; of a file that fits into the buffer in one go.</summary>
    protected static byte[] HashOf(SourceData data, byte[] buffer, CancellationToken ct)
    {
        int count = data.Read(buffer, 0);
        if (count < buffer.Length && data.Read(buffer.AsSpan(count), count) == 0)
        {
            return SHA256.HashData(buffer.AsSpan(0, count));
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long position = 0; (count = data.Read(buffer, position)) > 0; position += count)
        {
            ct.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
        }

        return hash.GetHashAndReset();
    }

    // An ignored folder is there only as the way to something that was taken back in.
    private bool IsShown(string path) =>
        !ignore!.IsIgnored(path) || (!ignore.CanSkipBelow(path) && Find(path, followLast: false) is { IsDirectory: true } && List(path).Count > 0);

    private void Expand(string folder, string[] parts, int at, SortedSet<string> found)
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

    private void AddIfPresent(string path, SortedSet<string> found)
    {
        if (Status(path, followLast: false) is not null)
        {
            found.Add(path);
        }
    }
}

/// <summary>A name in a directory of a source tree.</summary>
public readonly record struct SourceMember(string Name, SourceStatus Status);
