using System.Formats.Tar;
using Wharf.Cli.Framework.Commands;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

/// <summary>What is sent to the engine: a directory without what is ignored, made into a tar while it is read; or a ready archive.</summary>
internal sealed class BuildContext
{
    internal const string DefaultName = "Dockerfile";


    private readonly Lazy<Stream?> _content;
    private ContextArchive? _archive;

    private BuildContext(Stream? stream, string dockerfile, string remote)
        : this(() => stream, dockerfile, remote)
    {
    }

    private BuildContext(Func<Stream?> open, string dockerfile, string remote)
    {
        _content = new Lazy<Stream?>(open);
        Dockerfile = dockerfile;
        Remote = remote;
    }

    /// <summary>The archive, made from the first look on; null for a remote context.</summary>
    public Stream? Content => _content.Value;

    /// <summary>The folder that the archive is of, with those of further contexts; null when it is of none.</summary>
    public LocalFolders? Folders { get; private init; }

    /// <summary>The folders are read by the engine where they are; only what lies outside of them is sent.</summary>
    public BuildContext InPlace() => Folders is not { } local ? this : new BuildContext(local.Outside is null ? null : local.Archive(), Dockerfile, "")
    {
        Folders = local,
        Named = Named.ToDictionary(n => n.Key, n => local.Named.TryGetValue(n.Key, out string? path) ? "local:" + path : n.Value),
    };

    /// <summary>The same with other addresses of its further contexts.</summary>
    public BuildContext With(IReadOnlyDictionary<string, string> named) => new(() => Content, Dockerfile, Remote) { Folders = Folders, Known = Known, _archive = _archive, Named = named };

    /// <summary>What the engine has from an earlier build is not sent again.</summary>
    public BuildContext Against(KnownFiles known) => _archive is not { } archive ? this : new BuildContext(() => known.IsEmpty ? archive.Open(null) : new CompressedStream(archive.Open(known)), Dockerfile, Remote)
    {
        Folders = Folders,
        Named = Named,
        Known = known,
    };

    /// <summary>What the engine keeps of this context; null when that was not asked.</summary>
    public KnownFiles? Known { get; private init; }

    /// <summary>The Dockerfile's path inside the context.</summary>
    public string Dockerfile { get; }

    /// <summary>A URL that the engine fetches itself, or empty.</summary>
    public string Remote { get; }

    /// <summary>Further contexts: name to an address that the engine opens, or <c>sent</c> for a folder that goes along with the archive.</summary>
    public IReadOnlyDictionary<string, string> Named { get; private init; } = new Dictionary<string, string>();

    /// <param name="path">Of the command line: folder, address, or - for standard input.</param>
    /// <param name="dockerfile">Of --file; empty when it was not given.</param>
    /// <param name="stdin">Standard input.</param>
    /// <param name="named">Of --build-context: <c>name=path</c> or <c>name=address</c>.</param>
    public static BuildContext Open(string path, string dockerfile, Stream stdin, IReadOnlyList<string> named)
    {
        var addresses = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var folders = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string pair in named)
        {
            int equals = pair.IndexOf('=');
            string name = equals > 0 ? pair[..equals] : throw new CommandException($"invalid context value: {pair}, expected key=value");
            string address = pair[(equals + 1)..];
            if (IsRemote(address) || address.Contains("://", StringComparison.Ordinal) || address.StartsWith("target:", StringComparison.Ordinal))
            {
                addresses[name] = address;
                continue;
            }

            folders[name] = Directory.Exists(address) ? Path.GetFullPath(address) : throw new CommandException($"failed to get build context {name}: path \"{address}\" not found");
            addresses[name] = "sent";
        }

        return Open(path, dockerfile, stdin, folders, addresses);
    }

    private static BuildContext Open(string path, string dockerfile, Stream stdin, Dictionary<string, string> folders, Dictionary<string, string> named)
    {
        if (folders.Count > 0 && (path == "-" || IsRemote(path)))
        {
            throw new CommandException("folders as further build contexts need a folder as the build context itself");
        }

        if (path == "-")
        {
            return dockerfile == "-" ? throw new CommandException("invalid argument: can't use stdin for both build context and dockerfile") : FromStdin(stdin, dockerfile, named);
        }

        if (IsRemote(path))
        {
            return new BuildContext(() => null, dockerfile, path) { Named = named };
        }

        string root = Path.GetFullPath(path);
        if (!Directory.Exists(root))
        {
            throw new CommandException(File.Exists(root)
                ? $"unable to prepare context: context must be a directory: {path}"
                : $"unable to prepare context: path \"{path}\" not found");
        }

        return FromDirectory(root, dockerfile, stdin, folders, named);
    }

    private static bool IsRemote(string path) =>
        path.StartsWith("http://", StringComparison.Ordinal) || path.StartsWith("https://", StringComparison.Ordinal)
        || path.StartsWith("git://", StringComparison.Ordinal) || path.StartsWith("git@", StringComparison.Ordinal)
        || path.StartsWith("github.com/", StringComparison.Ordinal);

    /// <summary>Standard input is a tar, compressed or not, or the Dockerfile itself.</summary>
    private static BuildContext FromStdin(Stream stdin, string dockerfile, Dictionary<string, string> named)
    {
        byte[] head = new byte[512];
        int have = stdin.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> start = head.AsSpan(0, have);
        bool isArchive = start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) || start.StartsWith("BZh"u8) || start.StartsWith((ReadOnlySpan<byte>)[0xfd, 0x37, 0x7a, 0x58, 0x5a])
            || start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]) || (have > 262 && start[257..].StartsWith("ustar"u8));
        if (isArchive)
        {
            return new BuildContext(new JoinedStream(head.AsMemory(0, have), stdin), dockerfile.Length > 0 ? dockerfile : DefaultName, "") { Named = named };
        }

        using var text = new MemoryStream();
        text.Write(head, 0, have);
        stdin.CopyTo(text);
        if (dockerfile.Length > 0)
        {
            throw new CommandException("ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles");
        }

        return new BuildContext(Single(DefaultName, text.ToArray()), DefaultName, "") { Named = named };
    }

    private static BuildContext FromDirectory(string root, string dockerfile, Stream stdin, Dictionary<string, string> folders, Dictionary<string, string> named)
    {
        byte[]? outside = null;
        string name = dockerfile.Length > 0 ? dockerfile : DefaultName;
        if (name == "-")
        {
            using var text = new MemoryStream();
            stdin.CopyTo(text);
            outside = text.ToArray();
        }
        else
        {
            string full = Path.IsPathRooted(name) ? name : File.Exists(Path.GetFullPath(name)) && dockerfile.Length > 0 ? Path.GetFullPath(name) : Path.Combine(root, name);
            if (!File.Exists(full) && dockerfile.Length == 0 && File.Exists(Path.Combine(root, DefaultName.ToLowerInvariant())))
            {
                full = Path.Combine(root, DefaultName.ToLowerInvariant());
            }

            if (!File.Exists(full))
            {
                throw new CommandException($"unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat {full}: no such file or directory");
            }

            string relative = Path.GetRelativePath(root, full);
            outside = relative.StartsWith("../", StringComparison.Ordinal) ? File.ReadAllBytes(full) : null;
            name = relative;
        }

        string? hidden = outside is null ? null : ".dockerfile." + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(10));
        IgnorePatterns ignore = LoadIgnore(root, name);
        string rules = Path.Combine(root, name + ".dockerignore");
        var local = new LocalFolders(root, folders, hidden, outside, outside is not null && File.Exists(rules) ? File.ReadAllBytes(rules) : null);
        var archive = new ContextArchive(root, ignore, name, hidden, outside, folders);
        return new BuildContext(() => archive.Open(null), hidden ?? name, "") { Named = named, Folders = local, _archive = archive };
    }

    internal static IgnorePatterns LoadIgnore(string root, string dockerfile)
    {
        string own = Path.Combine(root, dockerfile + ".dockerignore");
        string shared = Path.Combine(root, ".dockerignore");
        string? path = File.Exists(own) ? own : File.Exists(shared) ? shared : null;
        return IgnorePatterns.Parse(path is null ? "" : File.ReadAllText(path));
    }

    private static MemoryStream Single(string name, byte[] content) => Archive((name, content));

    /// <summary>A small archive of files that are in memory.</summary>
    internal static MemoryStream Archive(params ReadOnlySpan<(string Name, byte[] Content)> files)
    {
        var memory = new MemoryStream();
        using (var writer = new TarWriter(memory, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in files)
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        memory.Position = 0;
        return memory;
    }
}
