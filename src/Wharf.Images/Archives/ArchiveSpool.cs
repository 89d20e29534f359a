using System.Buffers;
using Wharf.Archive.Compression;
using Wharf.Archive.Tar;
using Wharf.Images.Content;
using Wharf.Primitives;

namespace Wharf.Images.Archives;

/// <summary>
/// The members of an archive that came in as one forward stream, by name: small ones in memory, large ones in the blob store by digest.
/// Names are only keys here and links only other keys: nothing in an archive ever becomes a path of the host.
/// </summary>
internal sealed class ArchiveSpool : IAsyncDisposable
{
    private const int SmallFile = 512 * 1024;
    private const long MemoryBudget = 64 * 1024 * 1024;
    private const int MaxMembers = 100_000;
    private const int MaxLinks = 40;

    private readonly BlobStore _blobs;
    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _pins = [];
    private long _memory;

    private ArchiveSpool(BlobStore blobs) => _blobs = blobs;

    public IEnumerable<string> Names => _members.Keys;

    /// <exception cref="WharfException">InvalidArgument: no archive, or one beyond all measure.</exception>
    public static async Task<ArchiveSpool> ReadAsync(Stream archive, BlobStore blobs, CancellationToken ct)
    {
        var spool = new ArchiveSpool(blobs);
        try
        {
            await using DecompressedStream plain = await Decompression.OpenAsync(archive, leaveOpen: true, ct, ahead: true).ConfigureAwait(false);
            using var reader = new TarReader(plain.Content);
            while (await reader.ReadEntryAsync(ct).ConfigureAwait(false) is { } entry)
            {
                await spool.AddAsync(entry, reader, ct).ConfigureAwait(false);
            }

            await reader.DrainAsync(ct).ConfigureAwait(false);
            return spool;
        }
        catch
        {
            await spool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public bool Contains(string name) => Find(name) is not null;

    /// <summary>Digest and size of a member.</summary>
    public (Digest Digest, long Size)? Describe(string name) =>
        Find(name) is { } member ? (member.Content is { } bytes ? Digest.Sha256(bytes) : member.Digest, member.Size) : null;

    /// <summary>A small document; null when there is none of that name.</summary>
    /// <exception cref="WharfException">InvalidArgument when it is too large to be one.</exception>
    public byte[]? Document(string name)
    {
        if (Find(name) is not { } member)
        {
            return null;
        }

        if (member.Content is not null)
        {
            return member.Content;
        }

        if (member.Size > Limits.Document)
        {
            throw WharfException.Invalid($"invalid archive: {name} has {member.Size} bytes, at most {Limits.Document} are allowed");
        }

        using FileStream file = _blobs.TryOpen(member.Digest)!;
        var content = new byte[member.Size];
        file.ReadExactly(content);
        return content;
    }

    public Stream? Open(string name) =>
        Find(name) is not { } member ? null : member.Content is { } bytes ? new MemoryStream(bytes, writable: false) : _blobs.TryOpen(member.Digest);

    /// <summary>Sees to it that the member is in the blob store, from where a later save or push takes it.</summary>
    public async Task KeepAsync(string name, CancellationToken ct)
    {
        if (Find(name) is not { Content: { } bytes } || _blobs.Exists(Digest.Sha256(bytes)))
        {
            return;
        }

        Digest digest = Digest.Sha256(bytes);
        _pins.Add(_blobs.Pins.Pin(digest));
        await using BlobWriter writer = await _blobs.BeginAsync(digest, bytes.Length, ct).ConfigureAwait(false);
        writer.Restart();
        writer.Write(bytes);
        await writer.CommitAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _pins.ForEach(pin => pin.Dispose());
        _pins.Clear();
        return ValueTask.CompletedTask;
    }

    /// <summary>The name a member is known by: no leading slash, no dots, so that "./a", "/a" and "b/../a" are one.</summary>
    internal static string Normalize(string name)
    {
        var parts = new List<string>();
        foreach (string part in name.Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count > 0)
                {
                    parts.RemoveAt(parts.Count - 1);
                }
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private Member? Find(string name)
    {
        string key = Normalize(name);
        for (int hops = 0; hops < MaxLinks; hops++)
        {
            if (!_members.TryGetValue(key, out Member? member))
            {
                return null;
            }

            if (member.Link is null)
            {
                return member;
            }

            key = member.Link;
        }

        throw WharfException.Invalid($"invalid archive: too many levels of links at {name}");
    }

    private async Task AddAsync(TarEntry entry, TarReader reader, CancellationToken ct)
    {
        if (_members.Count >= MaxMembers)
        {
            throw WharfException.Invalid($"invalid archive: more than {MaxMembers} members");
        }

        string name = Normalize(entry.NameText);
        switch (entry.Type)
        {
            case TarEntryType.SymbolicLink:
                string target = entry.LinkNameText;
                string folder = name.Contains('/') ? name[..(name.LastIndexOf('/') + 1)] : "";
                _members[name] = new Member { Link = Normalize(target.StartsWith('/') ? target : folder + target) };
                break;
            case TarEntryType.HardLink:
                _members[name] = new Member { Link = Normalize(entry.LinkNameText) };
                break;
            case TarEntryType.File when entry.Size <= SmallFile && _memory + entry.Size <= MemoryBudget:
                _memory += entry.Size;
                using (var content = new MemoryStream((int)entry.Size))
                {
                    await reader.OpenContent().CopyToAsync(content, ct).ConfigureAwait(false);
                    _members[name] = new Member { Content = content.ToArray(), Size = entry.Size };
                }

                break;
            case TarEntryType.File:
                _members[name] = await SpoolAsync(reader, ct).ConfigureAwait(false);
                break;
        }
    }

    private async Task<Member> SpoolAsync(TarReader reader, CancellationToken ct)
    {
        await using BlobWriter writer = await _blobs.BeginAnonymousAsync(ct).ConfigureAwait(false);
        using Stream content = reader.OpenContent();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            int read;
            while ((read = await content.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
            {
                writer.Write(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        long size = writer.Position;
        Digest digest = await writer.CommitAsync(d => _pins.Add(_blobs.Pins.Pin(d))).ConfigureAwait(false);
        return new Member { Digest = digest, Size = size };
    }

    private sealed record Member
    {
        public string? Link { get; init; }

        public byte[]? Content { get; init; }

        public Digest Digest { get; init; }

        public long Size { get; init; }
    }
}

/// <summary>Bounds on what strangers may hand us.</summary>
internal static class Limits
{
    /// <summary>Bytes of a manifest, an index or a configuration.</summary>
    public const int Document = 4 * 1024 * 1024;

    public const int Layers = 500;
}
