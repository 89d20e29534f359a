using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Copying;

/// <summary>
/// A build context that is read where it lies, with the rights of the user who asked for the build. It may change while the build runs: what the tree said
/// once of a name it says again, and a file's bytes are copied only as they were hashed, so that a step's layer is always what its cache key says.
/// </summary>
/// <param name="root">The folder; owned by whoever made it.</param>
/// <param name="ignore">Rules of .dockerignore.</param>
/// <param name="identity">Whose rights; null for this process's own.</param>
/// <param name="index">Digests of earlier builds.</param>
public sealed class LocalTree(SafeFileHandle root, IgnorePatterns? ignore, FileIdentity? identity, ContentIndex index) : SourceTree(ignore, keepOwners: false)
{
    private const ResolveFlags Within = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;
    private static readonly Encoding StrictText = new UTF8Encoding(false, throwOnInvalidBytes: true);

    private readonly ConcurrentDictionary<(string Path, bool Follow), Member?> _statuses = new();
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, Member>> _folders = new();
    private readonly ConcurrentDictionary<string, byte[]> _links = new();
    private readonly ConcurrentDictionary<string, Hashed> _hashes = new();

    /// <summary>The same folder without those files that the rules leave out.</summary>
    public LocalTree Without(IgnorePatterns? rules) => new(root, rules, identity, index);

    /// <summary>The content of a small file, or null when there is none.</summary>
    public byte[]? ReadSmall(string path, int maxBytes)
    {
        using var scope = Scope();
        return new TargetTree(root).ReadSmall(path, maxBytes);
    }

    /// <summary>Keeps what was learned of the files for the next build.</summary>
    public void SaveIndex() => index.Save();

    public override SourceData OpenData(string path)
    {
        using var scope = Scope();

        // Not blocking: should a fifo have taken the file's place, opening it must not wait for a writer.
        FileCalls.OpenAt2(root, path, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, Within, out var file).ThrowIfError("open", path);
        return new SourceData(file, 0, -1, owns: true);
    }

    public override byte[] ReadLink(string path) => _links.GetOrAdd(path, p =>
    {
        using var scope = Scope();
        FileCalls.OpenAt2(root, p, OpenFlags.Path | OpenFlags.NoFollow | OpenFlags.CloseOnExec, Within, out var link).ThrowIfError("open", p);
        using (link)
        {
            NameCalls.ReadLink(link, "", out byte[] target).ThrowIfError("readlink", p);
            return target;
        }
    });

    public override byte[] Hash(string path, byte[] buffer, CancellationToken ct)
    {
        if (_hashes.TryGetValue(path, out Hashed? known))
        {
            return known.Digest;
        }

        if (Seen(path) is { } stamp && index.Find(stamp) is { } unchanged)
        {
            _hashes[path] = new Hashed(unchanged, stamp, IsCalm: true);
            return unchanged;
        }

        DateTimeOffset begin = index.Now;
        using var data = OpenData(path);
        var before = StampOf(data.Handle, path);
        byte[] digest = HashOf(data, buffer, ct);
        if (StampOf(data.Handle, path) != before)
        {
            throw Changed(path);
        }

        index.Remember(before, digest, begin);
        _hashes[path] = new Hashed(digest, before, before.IsCalm(begin));
        return digest;
    }

    public override void Verify(string path, SourceData source, SafeFileHandle made, byte[] buffer, CancellationToken ct)
    {
        if (!_hashes.TryGetValue(path, out Hashed? hashed) || (hashed.IsCalm && StampOf(source.Handle, path) == hashed.Stamp))
        {
            return;
        }

        using var copy = new SourceData(made, 0, -1, owns: false);
        if (!HashOf(copy, buffer, ct).AsSpan().SequenceEqual(hashed.Digest))
        {
            throw Changed(path);
        }
    }

    protected override SourceStatus? Find(string path, bool followLast) => _statuses.GetOrAdd((path, followLast), Look)?.Status;

    protected override IEnumerable<string> Names(string path) => Folder(path).Keys;

    protected override IEnumerable<SourceMember> Contents(string path) => Folder(path).Select(m => new SourceMember(m.Key, m.Value.Status));

    private static WharfException Changed(string path) => WharfException.Conflict($"{path} was changed while the build read it; build again when it is at rest");

    private static FileStamp StampOf(SafeFileHandle file, string path)
    {
        NameCalls.Status(file, out var status).ThrowIfError("statx", path);
        return status.IsRegular ? FileStamp.Of(status) : throw Changed(path);
    }

    private FileStamp? Seen(string path)
    {
        int slash = path.LastIndexOf('/');
        return _folders.TryGetValue(slash < 0 ? "" : path[..slash], out var members) && members.TryGetValue(path[(slash + 1)..], out Member member) && member.Status.IsRegular
            ? member.Stamp
            : _statuses.GetOrAdd((path, true), Look)?.Stamp;
    }

    private Member? Look((string Path, bool Follow) what)
    {
        using var scope = Scope();
        var errno = FileCalls.OpenAt2(root, what.Path.Length == 0 ? "." : what.Path, OpenFlags.Path | OpenFlags.CloseOnExec | (what.Follow ? 0 : OpenFlags.NoFollow), Within, out var file);
        using (file)
        {
            if (errno is Errno.ENOENT or Errno.ENOTDIR)
            {
                return null;
            }

            errno.ThrowIfError("open", what.Path);
            NameCalls.Status(file, out var status).ThrowIfError("statx", what.Path);
            if (what.Path.Length == 0)
            {
                // A sent context has no entry for the folder itself; both ways are to give the same.
                return new Member(new SourceStatus(FileType.Directory | 0b111_101_101, 0, 0, 0, 0, 0), FileStamp.Of(status));
            }

            return status.IsDevice ? null : new Member(SourceStatus.Of(status), FileStamp.Of(status));
        }
    }

    private IReadOnlyDictionary<string, Member> Folder(string path) => _folders.GetOrAdd(path, p =>
    {
        using var scope = Scope();
        var errno = FileCalls.OpenAt2(root, p.Length == 0 ? "." : p, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, Within, out var directory);
        using (directory)
        {
            if (errno is Errno.ENOENT or Errno.ENOTDIR)
            {
                return new Dictionary<string, Member>();
            }

            errno.ThrowIfError("open", p);
            DirectoryReader.Read(directory, out var entries).ThrowIfError("getdents64", p);
            var members = new Dictionary<string, Member>(entries.Count);
            foreach (var entry in entries)
            {
                string name = NameOf(entry.Name, p);

                // Device nodes are nothing that a client could send; what is gone meanwhile is as if it never was.
                if (NameCalls.Status(directory, entry.Name, AtFlags.SymlinkNoFollow, out var status) is var answer && answer != Errno.ENOENT)
                {
                    answer.ThrowIfError("statx", Join(p, name));
                    if (!status.IsDevice)
                    {
                        members[name] = new Member(SourceStatus.Of(status), FileStamp.Of(status));
                    }
                }
            }

            return members;
        }
    });

    private static string NameOf(byte[] bytes, string folder)
    {
        try
        {
            return StrictText.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw WharfException.Invalid($"a file in /{folder} of the build context has a name that is no UTF-8: {Encoding.UTF8.GetString(bytes)}", e);
        }
    }

    private FileIdentity.Scope Scope() => identity is null ? default : identity.Assume();

    private readonly record struct Member(SourceStatus Status, FileStamp Stamp);

    /// <param name="IsCalm">The stamp tells of every later change.</param>
    private sealed record Hashed(byte[] Digest, FileStamp Stamp, bool IsCalm);
}
