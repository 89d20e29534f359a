using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
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

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The files, to name those that changed when a later build misses.</summary>
    public ContentListing Listing { get; } = new();

    public void Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public void Add(CopyItem item, CopyLook look, CancellationToken ct)
    {
        Add(item.Target);
        var status = item.Tree.Status(item.Path, followLast: true) ?? throw WharfException.NotFound($"{item.Path} is gone");
        var found = new List<Found> { new(item.Path, "", status) };
        Collect(item.Tree, found[0], look, found, ct);
        byte[][] contents = HashAll(item.Tree, found, ct);
        for (int i = 0; i < found.Count; i++)
        {
            AddOne(found[i], contents[i], item.Tree.KeepOwners);
        }
    }

    public Digest Finish() => Digest.FromHash(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    private void Add(byte[] bytes)
    {
        Span<byte> length = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _hash.AppendData(length);
        _hash.AppendData(bytes);
    }

    // A folder comes before what is in it.
    private static void Collect(SourceTree tree, Found folder, CopyLook look, List<Found> found, CancellationToken ct)
    {
        if (!folder.Status.IsDirectory)
        {
            return;
        }

        ct.ThrowIfCancellationRequested();
        foreach (var member in tree.Members(folder.Path))
        {
            string below = SourceTree.Join(folder.Below, member.Name);
            if (look.Exclude?.IsIgnored(below) != true)
            {
                var one = new Found(SourceTree.Join(folder.Path, member.Name), below, member.Status);
                found.Add(one);
                Collect(tree, one, look, found, ct);
            }
        }
    }

    private static byte[][] HashAll(SourceTree tree, List<Found> found, CancellationToken ct)
    {
        byte[][] contents = new byte[found.Count][];
        void Range(int from, int to)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                for (int i = from; i < to; i++)
                {
                    ct.ThrowIfCancellationRequested();
                    var one = found[i];
                    contents[i] = one.Status.IsSymbolicLink ? tree.ReadLink(one.Path) : one.Status.IsRegular ? tree.Hash(one.Path, buffer, ct) : [];
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        if (found.Count <= Together)
        {
            Range(0, found.Count);
            return contents;
        }

        try
        {
            Parallel.ForEach(Partitioner.Create(0, found.Count, Together), new ParallelOptions { CancellationToken = ct }, part => Range(part.Item1, part.Item2));
        }
        catch (AggregateException e)
        {
            // Which of several came first does not matter: each alone ends the build.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return contents;
    }

    private void AddOne(Found one, byte[] content, bool keepOwners)
    {
        string head = string.Create(CultureInfo.InvariantCulture, $"{one.Status.Mode:x} {(keepOwners ? $"{one.Status.UserId}:{one.Status.GroupId}" : "")} {one.Status.SpecialDevice:x}");
        Add(one.Below);
        Add(head);
        Add(content);
        Listing.Add(one.Path, Fingerprint(head, content));
    }

    private static string Fingerprint(string head, byte[] content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(head), .. content], hash);
        return Convert.ToHexStringLower(hash[..6]);
    }

    /// <param name="Path">In the tree.</param>
    /// <param name="Below">Relative to what is copied.</param>
    private readonly record struct Found(string Path, string Below, SourceStatus Status);
}
