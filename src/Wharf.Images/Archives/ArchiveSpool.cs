using System.Buffers;
using Wharf.Archive.Compression;
using Wharf.Archive.Tar;
using Wharf.Images.Content;
using Wharf.Images.Layers;
using Wharf.Primitives;

namespace Wharf.Images.Archives;

/// <summary>
/// The members of an archive that came in as one forward stream, by name: small ones in memory, layers unpacked on the spot, what else is large in
/// the blob store by digest. Names are only keys here and links only other keys: nothing in an archive ever becomes a path of the host.
/// </summary>
internal sealed class ArchiveSpool : IAsyncDisposable
{
    private const int SmallFile = 512 * 1024;
    private const long MemoryBudget = 64 * 1024 * 1024;
    private const int MaxMembers = 100_000;
    private const int MaxLinks = 40;

    private readonly BlobStore _blobs;
    private readonly LayerStager? _stager;
    private readonly Dictionary<string, ArchiveMember> _members = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _pins = [];
    private long _memory;

    private ArchiveSpool(BlobStore blobs, LayerStager? stager)
    {
        _blobs = blobs;
        _stager = stager;
    }

    public IEnumerable<string> Names => _members.Keys;

    /// <param name="archive">Plain or compressed.</param>
    /// <param name="blobs">For large members.</param>
    /// <param name="stager">Unpacks layers as they come; null where that cannot be done before their place is known.</param>
    /// <param name="ct">Drops everything.</param>
    /// <exception cref="WharfException">InvalidArgument: no archive, or one beyond all measure.</exception>
    public static async Task<ArchiveSpool> ReadAsync(Stream archive, BlobStore blobs, LayerStager? stager, CancellationToken ct)
    {
        var spool = new ArchiveSpool(blobs, stager);
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

    /// <summary>True when it is plain bytes of an archive, which the layer made of it gives again.</summary>
    public bool IsPlainArchive(string name) => Find(name) is { Content: { } bytes } && TarProbe.IsArchive(bytes, out CompressionKind kind) && kind == CompressionKind.None;

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

        using FileStream file = _blobs.TryOpen(member.Digest) ?? throw WharfException.Invalid($"invalid archive: {name} is a layer");
        var content = new byte[member.Size];
        file.ReadExactly(content);
        return content;
    }

    /// <summary>The content; null when there is no such member, or it was unpacked and only its layer is left.</summary>
    public Stream? Open(string name) =>
        Find(name) is not { } member ? null : member.Content is { } bytes ? new MemoryStream(bytes, writable: false) : _blobs.TryOpen(member.Digest);

    /// <summary>The layer that a member turned out to be.</summary>
    public StagedLayer? Staged(string name) => Find(name)?.Staged;

    /// <summary>Sees to it that the member is in the blob store, from where a later save or push takes it.</summary>
    public async Task KeepAsync(string name, CancellationToken ct)
    {
        if (Find(name) is not { Content: { } bytes, Staged: null } || _blobs.Exists(Digest.Sha256(bytes)))
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

    public async ValueTask DisposeAsync()
    {
        foreach (StagedLayer staged in _members.Values.Select(m => m.Staged).OfType<StagedLayer>())
        {
            await staged.DisposeAsync().ConfigureAwait(false);
        }

        _pins.ForEach(pin => pin.Dispose());
        _pins.Clear();
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

    private ArchiveMember? Find(string name)
    {
        string key = Normalize(name);
        for (int hops = 0; hops < MaxLinks; hops++)
        {
            if (!_members.TryGetValue(key, out ArchiveMember? member))
            {
                return null;
            }

            if (member.Link is null)
            {
                return member.Failure is null ? member : throw member.Failure;
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
                _members[name] = new ArchiveMember { Link = Normalize(target.StartsWith('/') ? target : folder + target) };
                break;
            case TarEntryType.HardLink:
                _members[name] = new ArchiveMember { Link = Normalize(entry.LinkNameText) };
                break;
            case TarEntryType.File when entry.Size <= SmallFile && _memory + entry.Size <= MemoryBudget:
                _memory += entry.Size;
                using (var content = new MemoryStream((int)entry.Size))
                {
                    await reader.OpenContent().CopyToAsync(content, ct).ConfigureAwait(false);
                    _members[name] = new ArchiveMember { Content = content.ToArray(), Size = entry.Size };
                }

                break;
            case TarEntryType.File:
                _members[name] = await SpoolAsync(reader, ct).ConfigureAwait(false);
                break;
        }
    }

    private async Task<ArchiveMember> SpoolAsync(TarReader reader, CancellationToken ct)
    {
        using Stream content = reader.OpenContent();
        byte[] head = new byte[TarProbe.Length];
        int length = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false);
        await using var whole = new HeadedStream(head.AsMemory(0, length), content);
        if (_stager is not null && await _stager.TakeAsync(head.AsMemory(0, length), whole, Pin, ct).ConfigureAwait(false) is { } layer)
        {
            return layer;
        }

        await using BlobWriter writer = await _blobs.BeginAnonymousAsync(ct).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            int read;
            while ((read = await whole.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
            {
                writer.Write(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        long size = writer.Position;
        return new ArchiveMember { Digest = await writer.CommitAsync(d => Pin(d)).ConfigureAwait(false), Size = size };
    }

    private IDisposable Pin(Digest digest)
    {
        IDisposable pin = _blobs.Pins.Pin(digest);
        _pins.Add(pin);
        return pin;
    }
}

/// <summary>Bounds on what strangers may hand us.</summary>
internal static class Limits
{
    /// <summary>Bytes of a manifest, an index or a configuration.</summary>
    public const int Document = 4 * 1024 * 1024;

    public const int Layers = 500;
}
