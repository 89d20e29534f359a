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
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[128 * 1024];

    /// <summary>The files, to name those that changed when a later build misses.</summary>
    public ContentListing Listing { get; } = new();

    public void Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public void Add(CopyItem item, CopyLook look, CancellationToken ct)
    {
        Add(item.Target);
        var status = item.Tree.Status(item.Path, followLast: true) ?? throw WharfException.NotFound($"{item.Path} is gone");
        AddTree(item.Tree, item.Path, "", status, look, ct);
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

    private void AddTree(SourceTree tree, string path, string below, SourceStatus status, CopyLook look, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        byte[] content = status.IsSymbolicLink ? tree.ReadLink(path) : status.IsRegular ? tree.Hash(path, _buffer, ct) : [];
        string head = string.Create(CultureInfo.InvariantCulture, $"{status.Mode:x} {(tree.KeepOwners ? $"{status.UserId}:{status.GroupId}" : "")} {status.SpecialDevice:x}");
        Add(below);
        Add(head);
        Add(content);
        Listing.Add(path, Fingerprint(head, content));
        if (!status.IsDirectory)
        {
            return;
        }

        foreach (string name in tree.List(path))
        {
            string inner = SourceTree.Join(below, name), full = SourceTree.Join(path, name);
            if (look.Exclude?.IsIgnored(inner) != true && tree.Status(full, followLast: false) is { } member)
            {
                AddTree(tree, full, inner, member, look, ct);
            }
        }
    }

    private static string Fingerprint(string head, byte[] content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(head), .. content], hash);
        return Convert.ToHexStringLower(hash[..6]);
    }
}
