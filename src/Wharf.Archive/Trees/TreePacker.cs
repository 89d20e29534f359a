using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Layers;
using Wharf.Archive.Tar;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Archive.Trees;

/// <summary>
/// Writes a tree into an archive, names in byte order, hard links after their first name, sockets left out, as Docker does. The tree
/// may change meanwhile: what vanishes is left out, a file that shrinks is filled with zeros, one that grows is cut.
/// </summary>
internal sealed class TreePacker(TarWriter writer, PackRules rules)
{
    private const int DeepestTree = 4096;
    private const int BufferSize = 256 * 1024;

    private readonly Dictionary<(ulong Device, ulong Inode), byte[]> _links = [];

    /// <summary>Bytes of file content written.</summary>
    public long Size { get; private set; }

    public long Entries { get; private set; }

    public async Task PackTreeAsync(TreeNode top, CancellationToken ct)
    {
        if (rules.IncludeTop)
        {
            await PackNodeAsync(top, rules.Prefix, ct);
        }

        if (top.Status.IsDirectory)
        {
            await PackMembersAsync(top, rules.Prefix, 0, ct);
        }
    }

    private async Task PackMembersAsync(TreeNode node, string path, int depth, CancellationToken ct)
    {
        if (depth > DeepestTree)
        {
            throw WharfException.Invalid($"{TarErrors.Show(System.Text.Encoding.Latin1.GetBytes(path))}: too many levels of directories");
        }

        Errno errno = node.OpenDirectory(out SafeFileHandle directory);
        using (directory)
        {
            if (errno == Errno.ENOENT)
            {
                return; // removed meanwhile
            }

            errno.ThrowIfError("open", path);
            DirectoryReader.Read(directory, out var entries).ThrowIfError("readdir", path);
            entries.Sort((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
            await using FilesAhead? ahead = depth <= FilesAhead.DeepestLevel ? new FilesAhead(directory, entries) : null;
            foreach (DirectoryReader.Entry entry in entries)
            {
                ct.ThrowIfCancellationRequested();
                string name = Join(path, entry.Name);
                if (ahead is not null && await ahead.NextAsync() is { } file)
                {
                    await PackFileAsync(file, name, ct);
                    continue;
                }

                if (TreeNode.Open(directory, entry.Name, out TreeNode member) != Errno.None)
                {
                    continue;
                }

                using (member)
                {
                    await PackNodeAsync(member, name, ct);
                    if (member.Status.IsDirectory && (member.Status.MountId == node.Status.MountId || !KernelFileSystems.IsOn(member)))
                    {
                        await PackMembersAsync(member, name, depth + 1, ct);
                    }
                }
            }
        }
    }

    /// <summary>Writes one member without what is below it.</summary>
    public async Task PackNodeAsync(TreeNode node, string path, CancellationToken ct)
    {
        FileStatus status = node.Status;
        if (rules.FromOverlay && status.Type == FileType.CharacterDevice && status.SpecialDevice == 0)
        {
            await PackWhiteoutAsync(path, ct);
            return;
        }

        if (Describe(node, path) is not { } entry)
        {
            return;
        }

        Entries++;
        if (entry.Type == TarEntryType.File && entry.Size > 0)
        {
            await PackContentAsync(node, entry, ct);
        }
        else
        {
            await writer.WriteHeaderAsync(entry, ct);
        }

        if (rules.FromOverlay && status.IsDirectory && IsOpaque(node))
        {
            await writer.WriteHeaderAsync(new TarEntry
            {
                Name = Bytes(Join(path, OverlayMarks.OpaqueMember)),
                Mode = entry.Mode & 0x1FF,
                UserId = entry.UserId,
                GroupId = entry.GroupId,
            }, ct);
        }
    }

    /// <summary>The mark that a name of the lower layers is gone.</summary>
    public async Task PackWhiteoutAsync(string path, CancellationToken ct)
    {
        int slash = path.LastIndexOf('/') + 1;
        Entries++;
        await writer.WriteHeaderAsync(new TarEntry { Name = Bytes(path[..slash] + ".wh." + path[slash..]), Mode = 0x180 }, ct);
    }

    private async Task PackFileAsync(FilesAhead.File file, string path, CancellationToken ct)
    {
        TarEntry entry = EntryOf(file.Status, TarEntryType.File, path);
        entry.Size = file.Content.Length;
        entry.Attributes = file.Attributes;
        Entries++;
        Size += entry.Size;
        await writer.WriteHeaderAsync(entry, ct);
        if (entry.Size > 0)
        {
            await writer.WriteContentAsync(file.Content, ct);
        }
    }

    private TarEntry EntryOf(in FileStatus status, TarEntryType type, string path) => new()
    {
        Type = type,
        Name = Bytes(path),
        Mode = status.Permissions,
        UserId = IdentityMap.ToContainer(rules.Owners.Users, status.UserId) ?? throw Unmapped(status.UserId),
        GroupId = IdentityMap.ToContainer(rules.Owners.Groups, status.GroupId) ?? throw Unmapped(status.GroupId),
        ModificationTime = new TarTime(status.Modified.Seconds),
    };

    private TarEntry? Describe(TreeNode node, string path)
    {
        FileStatus status = node.Status;
        TarEntryType? type = status.Type switch
        {
            FileType.Regular => TarEntryType.File,
            FileType.Directory => TarEntryType.Directory,
            FileType.SymbolicLink => TarEntryType.SymbolicLink,
            FileType.CharacterDevice => TarEntryType.CharacterDevice,
            FileType.BlockDevice => TarEntryType.BlockDevice,
            FileType.Fifo => TarEntryType.Fifo,
            _ => null,
        };
        if (type is null)
        {
            return null;
        }

        TarEntry entry = EntryOf(status, type.Value, path);
        if (status.Links > 1 && !status.IsDirectory && IsFurtherName(status, entry))
        {
            return entry;
        }

        if (status.IsSymbolicLink)
        {
            if (node.ReadLink(out byte[] target) != Errno.None)
            {
                return null;
            }

            entry.LinkName = target;
        }
        else if (status.IsDevice)
        {
            entry.DeviceMajor = status.SpecialMajor;
            entry.DeviceMinor = status.SpecialMinor;
        }
        else if (status.IsRegular)
        {
            entry.Size = (long)status.Size;
        }

        entry.Attributes = AttributeReader.Read(node);
        return entry;
    }

    private bool IsFurtherName(FileStatus status, TarEntry entry)
    {
        if (!_links.TryGetValue((status.Device, status.Inode), out byte[]? first))
        {
            _links.Add((status.Device, status.Inode), entry.Name);
            return false;
        }

        entry.Type = TarEntryType.HardLink;
        entry.LinkName = first;
        return true;
    }

    private async Task PackContentAsync(TreeNode node, TarEntry entry, CancellationToken ct)
    {
        node.OpenContent(out SafeFileHandle content).ThrowIfError("open", entry.NameText);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await writer.WriteHeaderAsync(entry, ct);
            Size += entry.Size;
            for (long left = entry.Size; left > 0;)
            {
                int wanted = (int)Math.Min(left, BufferSize);
                FileCalls.Read(content, buffer.AsSpan(0, wanted), out int count).ThrowIfError("read", entry.NameText);
                if (count == 0)
                {
                    buffer.AsSpan(0, wanted).Clear();
                    count = wanted;
                }

                await writer.WriteContentAsync(buffer.AsMemory(0, count), ct);
                left -= count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            content.Dispose();
        }
    }

    private static bool IsOpaque(TreeNode node) =>
        ExtendedAttributes.GetFollowing(node.AttributePath(), OverlayMarks.OpaqueAttribute, out byte[] value) == Errno.None && value is [(byte)'y'];

    private static WharfException Unmapped(uint id) => WharfException.Invalid($"Host ID {id} cannot be mapped to a container ID");

    internal static string Join(string path, ReadOnlySpan<byte> name) =>
        path.Length == 0 ? System.Text.Encoding.Latin1.GetString(name)
        : path.EndsWith('/') ? path + System.Text.Encoding.Latin1.GetString(name)
        : path + "/" + System.Text.Encoding.Latin1.GetString(name);

    private static byte[] Bytes(string path) => System.Text.Encoding.Latin1.GetBytes(path);
}
