using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Tar;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Build.Copying;

/// <summary>
/// A build context as it came over the wire: the names in memory, all contents one behind the other in one file, each with its
/// digest taken while it came in. A file is made on disk only if a step copies it, and a build that is cached makes none.
/// </summary>
public sealed class ArchiveTree : SourceTree
{
    /// <summary>The attribute of a member that has the content of this digest (64 hexadecimal digits) instead of its own: as an extended attribute, since these any archiver can write.</summary>
    public const string ContentAttribute = "wharf.content";

    /// <summary>Links that one look-up follows before it is called a loop, as in the kernel (path_resolution(7)).</summary>
    private const int MaxLinks = 40;

    private readonly ArchiveNode _root;
    private readonly SafeFileHandle _contents;
    private ulong _shared;
    private KnownContents? _known;

    private ArchiveTree(ArchiveNode root, SafeFileHandle contents, IgnorePatterns? ignore)
        : base(ignore, keepOwners: false)
    {
        _root = root;
        _contents = contents;
    }

    /// <summary>Reads an archive to its end.</summary>
    /// <param name="archive">Uncompressed tar.</param>
    /// <param name="contents">An empty file, open for reading and writing; it stays the caller's.</param>
    /// <param name="known">Where members without content that name a digest (<see cref="ContentAttribute"/>) have it from; null when there are none.</param>
    /// <param name="ct">Ends it in between.</param>
    /// <exception cref="WharfException">InvalidArgument: no archive, a link to nothing.</exception>
    public static async Task<ArchiveTree> ReadAsync(Stream archive, SafeFileHandle contents, KnownContents? known, CancellationToken ct)
    {
        var tree = new ArchiveTree(ArchiveNode.NewDirectory(), contents, null) { _known = known };
        using var reader = new TarReader(archive);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var output = new BufferedOutput(contents);
        while (await reader.ReadEntryAsync(ct) is { } entry)
        {
            await tree.AddAsync(reader, entry, output, hash, ct);
        }

        output.Flush();
        tree._known = null;
        return tree;
    }

    /// <summary>Makes the file with the contents one that <see cref="KnownContents"/> can open.</summary>
    public void Seal() => KnownContents.Append(_contents, Nodes(_root).Where(n => n.Hash is not null).Select(n => (n.Hash!, n.Offset, n.Length)));

    /// <summary>The same files without those that the rules leave out.</summary>
    public ArchiveTree Without(IgnorePatterns? rules) => new(_root, _contents, rules);

    /// <summary>What is below a folder, as a tree of its own; null when there is no such folder.</summary>
    public ArchiveTree? Below(string path) => Walk(path, followLast: true) is { Children: not null } node ? new ArchiveTree(node, _contents, null) : null;

    /// <summary>The content of a small file, or null when there is none.</summary>
    public byte[]? ReadSmall(string path, int maxBytes)
    {
        if (Walk(path, followLast: true) is not { } node || (node.Mode & FileType.Mask) != FileType.Regular)
        {
            return null;
        }

        byte[] content = new byte[Math.Min(node.Length, maxBytes)];
        int length = 0, count;
        while (length < content.Length && (count = RandomAccess.Read(_contents, content.AsSpan(length), node.Offset + length)) > 0)
        {
            length += count;
        }

        return content;
    }

    public override SourceData OpenData(string path) =>
        Walk(path, followLast: true) is { } node ? new SourceData(_contents, node.Offset, node.Length, owns: false) : throw Gone(path);

    public override byte[] ReadLink(string path) => Walk(path, followLast: false)?.Link ?? throw Gone(path);

    public override byte[] Hash(string path, byte[] buffer, CancellationToken ct) => Walk(path, followLast: true)?.Hash ?? throw Gone(path);

    protected override SourceStatus? Find(string path, bool followLast) =>
        Walk(path, followLast) is { } node ? new SourceStatus(node.Mode, node.Length, node.UserId, node.GroupId, node.Modified, node.Device)
        {
            Shared = node.SharedId > 0 ? (0, node.SharedId) : null,
        }
        : null;

    protected override IEnumerable<string> Names(string path) => Walk(path, followLast: true)?.Children?.Keys ?? Enumerable.Empty<string>();

    private static WharfException Gone(string path) => WharfException.NotFound($"{path} is not in the build context");

    private async ValueTask AddAsync(TarReader reader, TarEntry entry, BufferedOutput output, IncrementalHash hash, CancellationToken ct)
    {
        // As in a root directory, and as Docker has it: what leads above it leads to it.
        string name = PathPattern.Clean("/" + entry.NameText)[1..];
        if (name.Length == 0)
        {
            return;
        }

        int slash = name.LastIndexOf('/');
        ArchiveNode parent = MakeFolder(slash < 0 ? "" : name[..slash]);
        string last = name[(slash + 1)..];
        ArchiveNode node = new()
        {
            Mode = TypeOf(entry.Type) | (entry.Mode & 0xFFFu),
            UserId = (uint)entry.UserId,
            GroupId = (uint)entry.GroupId,
            Modified = entry.ModificationTime.Seconds,
        };
        switch (entry.Type)
        {
            case TarEntryType.Directory:
                node.Children = parent.Children!.GetValueOrDefault(last)?.Children ?? new SortedDictionary<string, ArchiveNode>(StringComparer.Ordinal);
                break;
            case TarEntryType.HardLink:
                string target = PathPattern.Clean("/" + entry.LinkNameText)[1..];
                node = Walk(target, followLast: false) ?? throw WharfException.Invalid($"the build context has a hard link to what is not in it: {name} to {target}");
                node.SharedId = node.SharedId > 0 ? node.SharedId : ++_shared;
                break;
            case TarEntryType.SymbolicLink:
                node.Link = entry.LinkName;
                break;
            case TarEntryType.File:
                node.Offset = output.Position;
                if (_known is not null && entry is { Size: 0, Attributes.Count: > 0 } && CopyKnown(entry, output, hash, name))
                {
                    node.Length = output.Position - node.Offset;
                    node.Hash = hash.GetHashAndReset();
                    break;
                }

                while (await reader.ReadContentAsync(ct) is { IsEnd: false } chunk)
                {
                    Fill(output, hash, node.Offset + chunk.Offset - output.Position);
                    hash.AppendData(chunk.Data.Span);
                    output.Write(chunk.Data.Span);
                }

                Fill(output, hash, node.Offset + entry.Size - output.Position);
                node.Length = output.Position - node.Offset;
                node.Hash = hash.GetHashAndReset();
                break;
            default:
                node.Device = entry.Type == TarEntryType.Fifo ? 0 : DeviceNumber.Make(entry.DeviceMajor, entry.DeviceMinor);
                break;
        }

        parent.Children![last] = node;
    }

    private bool CopyKnown(TarEntry entry, BufferedOutput output, IncrementalHash hash, string name)
    {
        byte[]? text = entry.Attributes.Where(a => a.Name.AsSpan().SequenceEqual("wharf.content"u8)).Select(a => a.Value).FirstOrDefault();
        if (text is null)
        {
            return false;
        }

        byte[] digest = new byte[SHA256.HashSizeInBytes];
        if (Convert.FromHexString(Encoding.ASCII.GetString(text), digest, out _, out int made) != System.Buffers.OperationStatus.Done || made != digest.Length || !_known!.TryFind(digest, out long offset, out long length))
        {
            throw WharfException.Invalid($"the content of {name} is not here: it is neither sent nor kept");
        }

        byte[] buffer = new byte[(int)Math.Min(length, 1 << 18)];
        int count;
        for (long done = 0; done < length && (count = RandomAccess.Read(_known.Contents, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done)), offset + done)) > 0; done += count)
        {
            hash.AppendData(buffer, 0, count);
            output.Write(buffer.AsSpan(0, count));
        }

        return hash.GetCurrentHash().AsSpan().SequenceEqual(digest) ? true
            : throw WharfException.Conflict($"the kept content of {name} is damaged: remove it (builder prune --filter type=source.local) and build once more");
    }

    private static IEnumerable<ArchiveNode> Nodes(ArchiveNode node) =>
        node.Children is { } children ? children.Values.SelectMany(Nodes) : [node];

    // The holes of a sparse member are zeros.
    private static void Fill(BufferedOutput output, IncrementalHash hash, long count)
    {
        byte[] zeros = count > 0 ? new byte[(int)Math.Min(count, 1 << 16)] : [];
        for (; count > 0; count -= zeros.Length)
        {
            var part = zeros.AsSpan(0, (int)Math.Min(count, zeros.Length));
            hash.AppendData(part);
            output.Write(part);
        }
    }

    private static uint TypeOf(TarEntryType type) => type switch
    {
        TarEntryType.Directory => FileType.Directory,
        TarEntryType.SymbolicLink => FileType.SymbolicLink,
        TarEntryType.Fifo => FileType.Fifo,
        TarEntryType.BlockDevice => FileType.BlockDevice,
        TarEntryType.CharacterDevice => FileType.CharacterDevice,
        _ => FileType.Regular,
    };

    private ArchiveNode MakeFolder(string path)
    {
        if (Walk(path, followLast: true) is { Children: not null } present)
        {
            return present;
        }

        int slash = path.LastIndexOf('/');
        ArchiveNode parent = MakeFolder(slash < 0 ? "" : path[..slash]);
        var made = ArchiveNode.NewDirectory();
        parent.Children![path[(slash + 1)..]] = made;
        return made;
    }

    /// <summary>Resolves a path as the kernel would with the context as its root.</summary>
    private ArchiveNode? Walk(string path, bool followLast)
    {
        var trail = new Stack<ArchiveNode>();
        trail.Push(_root);
        int links = 0;
        var waiting = new Stack<string>(path.Split('/').Reverse());
        while (waiting.TryPop(out string? part))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                if (trail.Count > 1)
                {
                    trail.Pop();
                }

                continue;
            }

            if (trail.Peek().Children?.GetValueOrDefault(part) is not { } node)
            {
                return null;
            }

            if (node.Link is { } link && (waiting.Count > 0 || followLast))
            {
                if (++links > MaxLinks)
                {
                    throw WharfException.Invalid($"too many levels of symbolic links in the build context: {path}");
                }

                string target = Encoding.UTF8.GetString(link);
                if (target.StartsWith('/'))
                {
                    trail.Clear();
                    trail.Push(_root);
                }

                foreach (string inner in target.Split('/').Reverse())
                {
                    waiting.Push(inner);
                }

                continue;
            }

            trail.Push(node);
        }

        return trail.Peek();
    }
}
