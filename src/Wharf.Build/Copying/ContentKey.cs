using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
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

    public void Add(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        _hash.AppendData(BitConverter.GetBytes(bytes.Length));
        _hash.AppendData(bytes);
    }

    public void Add(CopyItem item, CopyLook look, CancellationToken ct)
    {
        Add(item.Target);
        AddTree(item.Tree, item.Path, "", look, ct);
    }

    public Digest Finish() => Digest.FromHash(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    private void AddTree(SourceTree tree, string path, string below, CopyLook look, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        tree.Open(path, followLast: below.Length == 0, out var file).ThrowIfError("openat2", path);
        using (file)
        {
            NameCalls.Status(file, out var status).ThrowIfError("statx", path);
            if (tree.IsIgnored(path) && !status.IsDirectory)
            {
                return;
            }

            Add($"{below}\0{status.Mode:x}\0{(tree.KeepOwners ? $"{status.UserId}:{status.GroupId}" : "")}\0{status.SpecialDevice:x}");
            if (status.IsSymbolicLink)
            {
                NameCalls.ReadLink(file, "", out byte[] target).ThrowIfError("readlinkat", path);
                _hash.AppendData(target);
            }
            else if (status.IsRegular)
            {
                AddContent(file, path, ct);
            }
            else if (status.IsDirectory)
            {
                foreach (string name in tree.List(path))
                {
                    string inner = SourceTree.Join(below, name);
                    if (look.Exclude?.IsIgnored(inner) != true)
                    {
                        AddTree(tree, SourceTree.Join(path, name), inner, look, ct);
                    }
                }
            }
        }
    }

    private void AddContent(SafeFileHandle path, string name, CancellationToken ct)
    {
        FileCalls.Reopen(path, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, out var file).ThrowIfError("open", name);
        using (file)
        {
            while (true)
            {
                ct.ThrowIfCancellationRequested();
                FileCalls.Read(file, _buffer, out int count).ThrowIfError("read", name);
                if (count == 0)
                {
                    return;
                }

                _hash.AppendData(_buffer, 0, count);
            }
        }
    }
}
