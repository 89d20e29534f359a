using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Wharf.Primitives;

namespace Wharf.Build.Copying;

/// <summary>
/// The digests of a folder's files by their stamps, kept from build to build: of a file that did not change, only the status is read. It is a cache: a file
/// that cannot be read or is damaged is as good as none.
/// </summary>
/// <remarks>On disk: a mark, records of 72 bytes, the SHA-256 of all before. Numbers are the machine's own; the file never leaves it.</remarks>
public sealed class ContentIndex
{
    private const int MaxFiles = 64, Spare = 4096;
    private static readonly byte[] Mark = "WHARFIX1"u8.ToArray();

    private readonly string? _path;
    private readonly TimeProvider _clock;
    private readonly ulong _device;
    private readonly Dictionary<(ulong Device, ulong Inode), Entry> _known = [];
    private readonly ConcurrentDictionary<(ulong Device, ulong Inode), Entry> _used = new();
    private bool _changed;

    private ContentIndex(string? path, TimeProvider clock, ulong device)
    {
        _path = path;
        _clock = clock;
        _device = device;
    }

    /// <summary>An index that is kept nowhere, for file systems whose stamps say nothing.</summary>
    public static ContentIndex Forgetful(TimeProvider clock) => new(null, clock, 0);

    /// <param name="path">Of the file; it need not be there.</param>
    /// <param name="clock">To tell stamps that are too young to be trusted.</param>
    /// <param name="device">The file system; stamps of others that are mounted below are not trusted.</param>
    public static ContentIndex Open(string path, TimeProvider clock, ulong device)
    {
        var index = new ContentIndex(path, clock, device);
        if (File.Exists(path))
        {
            index.Read(File.ReadAllBytes(path));
        }

        return index;
    }

    /// <summary>The digest of a file with this stamp, if it is known.</summary>
    public byte[]? Find(in FileStamp stamp)
    {
        var key = (stamp.Device, stamp.Inode);
        if (_path is null || !_known.TryGetValue(key, out Entry entry) || entry.Stamp != stamp)
        {
            return null;
        }

        _used[key] = entry;
        return entry.Digest.ToArray();
    }

    /// <summary>The time before a file is read, for <see cref="Remember"/>.</summary>
    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <param name="stamp">As it was before and after the file was read.</param>
    /// <param name="digest">SHA-256 of the content.</param>
    /// <param name="read">When reading began.</param>
    public void Remember(in FileStamp stamp, ReadOnlySpan<byte> digest, DateTimeOffset read)
    {
        if (_path is not null && stamp.Device == _device && stamp.IsCalm(read))
        {
            _used[(stamp.Device, stamp.Inode)] = new Entry(stamp, new Hash32(digest));
            _changed = true;
        }
    }

    /// <summary>Writes what was learned. The folder's oldest files go when there are many.</summary>
    public void Save()
    {
        if (_path is null || !_changed)
        {
            return;
        }

        // What this build did not look at is kept for others of the same folder, but not without end.
        var kept = _known.Where(k => !_used.ContainsKey(k.Key)).Select(k => k.Value).Take(_used.Count + Spare);
        Entry[] entries = [.. _used.Values, .. kept];
        byte[] bytes = [.. Mark, .. MemoryMarshal.AsBytes(entries.AsSpan())];
        string folder = Path.GetDirectoryName(_path)!, temporary = Path.Combine(folder, "." + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            File.WriteAllBytes(temporary, [.. bytes, .. SHA256.HashData(bytes)]);
            File.Move(temporary, _path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

        foreach (var old in new DirectoryInfo(folder).GetFiles().OrderByDescending(f => f.LastWriteTimeUtc).Skip(MaxFiles))
        {
            old.Delete();
        }
    }

    private void Read(ReadOnlySpan<byte> file)
    {
        int end = file.Length - SHA256.HashSizeInBytes;
        if (end < Mark.Length || !file.StartsWith(Mark) || (end - Mark.Length) % Marshal.SizeOf<Entry>() != 0 || !SHA256.HashData(file[..end]).AsSpan().SequenceEqual(file[end..]))
        {
            return;
        }

        foreach (ref readonly Entry entry in MemoryMarshal.Cast<byte, Entry>(file[Mark.Length..end]))
        {
            _known[(entry.Stamp.Device, entry.Stamp.Inode)] = entry;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Entry(FileStamp Stamp, Hash32 Digest);
}
