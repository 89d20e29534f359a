using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Wharf.Build.Cache;
using Wharf.Primitives;

namespace Wharf.Build.Copying;

/// <summary>
/// The part of a cache key that stands for copied files: names, types, modes, owners, link targets and content, not times. Two
/// contexts with the same key copy the same.
/// </summary>
public sealed class ContentKey : IDisposable
{
    private const int BufferSize = 128 * 1024, Together = 256;

    // Each level costs stack on whichever thread takes it.
    private const int DeepestSideBySide = 8;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _pending = new();

    /// <summary>The files, to name those that changed when a later build misses.</summary>
    public ContentListing Listing { get; } = new();

    public void Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public void Add(CopyItem item, CopyLook look, CancellationToken ct)
    {
        Add(item.Target);
        var status = item.Tree.Status(item.Path, followLast: true) ?? throw WharfException.NotFound($"{item.Path} is gone");
        var top = new Found(item.Path, "", status);
        List<Found> found = [top];
        if (status.IsDirectory)
        {
            Collect(item.Tree, top, 0, look, found, ct);
        }

        foreach (var file in DescribeAll(item.Tree, found, ct))
        {
            Add(file.Below);
            Add(file.Head);
            Add(file.Content);
            Listing.Add(file.Path, file.Fingerprint);
        }
    }

    public Digest Finish()
    {
        Flush();
        return Digest.FromHash(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    // Gathered first: each piece for itself costs more in the call than in the hash.
    private void Add(byte[] bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_pending.GetSpan(4), bytes.Length);
        _pending.Advance(4);
        _pending.Write(bytes);
        if (_pending.WrittenCount >= BufferSize)
        {
            Flush();
        }
    }

    private void Flush()
    {
        _hash.AppendData(_pending.WrittenSpan);
        _pending.ResetWrittenCount();
    }

    // A folder comes before what is in it. The folders of a folder are read side by side: it is the kernel's look at each file that takes the time.
    private static void Collect(SourceTree tree, Found folder, int depth, CopyLook look, List<Found> found, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        List<Found> members = [];
        foreach (var member in tree.Members(folder.Path))
        {
            string below = SourceTree.Join(folder.Below, member.Name);
            if (look.Exclude?.IsIgnored(below) != true)
            {
                members.Add(new Found(SourceTree.Join(folder.Path, member.Name), below, member.Status));
            }
        }

        List<int> folders = [.. Enumerable.Range(0, members.Count).Where(i => members[i].Status.IsDirectory)];
        var inner = new List<Found>?[members.Count];
        SideBySide.Run(folders.Count, depth < DeepestSideBySide ? 1 : folders.Count, (from, to) =>
        {
            foreach (int i in folders[from..to])
            {
                Collect(tree, members[i], depth + 1, look, inner[i] = [], ct);
            }
        }, ct);
        for (int i = 0; i < members.Count; i++)
        {
            found.Add(members[i]);
            found.AddRange(inner[i] ?? []);
        }
    }

    private static Described[] DescribeAll(SourceTree tree, List<Found> found, CancellationToken ct)
    {
        var described = new Described[found.Count];
        void Range(int from, int to)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                for (int i = from; i < to; i++)
                {
                    ct.ThrowIfCancellationRequested();
                    var one = found[i];
                    byte[] content = one.Status.IsSymbolicLink ? tree.ReadLink(one.Path) : one.Status.IsRegular ? tree.Hash(one.Path, buffer, ct) : [];
                    described[i] = Describe(one, content, tree.KeepOwners);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        SideBySide.Run(found.Count, Together, Range, ct);
        return described;
    }

    private static Described Describe(Found one, byte[] content, bool keepOwners)
    {
        byte[] head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{one.Status.Mode:x} {(keepOwners ? $"{one.Status.UserId}:{one.Status.GroupId}" : "")} {one.Status.SpecialDevice:x}"));
        return new Described(one.Path, Encoding.UTF8.GetBytes(one.Below), head, content, Fingerprint(head, content));
    }

    private static string Fingerprint(byte[] head, byte[] content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. head, .. content], hash);
        return Convert.ToHexStringLower(hash[..6]);
    }

    /// <param name="Path">In the tree.</param>
    /// <param name="Below">Relative to what is copied.</param>
    private readonly record struct Found(string Path, string Below, SourceStatus Status);

    /// <param name="Path">In the tree.</param>
    /// <param name="Below">Relative to what is copied.</param>
    /// <param name="Head">Type, mode, owner.</param>
    /// <param name="Content">The digest of a file's bytes, a link's target.</param>
    /// <param name="Fingerprint">Of head and content, for the listing.</param>
    private readonly record struct Described(string Path, byte[] Below, byte[] Head, byte[] Content, string Fingerprint);
}
