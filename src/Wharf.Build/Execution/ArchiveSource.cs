using Wharf.Archive.Compression;
using Wharf.Archive.Tar;
using Wharf.Archive.Transfer;
using Wharf.Build.Copying;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>Archives that ADD unpacks: known by their content, never by their name.</summary>
internal static class ArchiveSource
{
    private const int ProbeBytes = 512;

    public static async Task<bool> IsArchiveAsync(SourceTree tree, string path, CancellationToken ct)
    {
        await using var file = tree.OpenData(path).AsStream();
        byte[] head = new byte[ProbeBytes];
        int length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        var kind = Decompression.Detect(head.AsSpan(0, Math.Min(length, Decompression.ProbeLength)));
        file.Position = 0;
        try
        {
            await using var plain = kind == CompressionKind.None ? file : Decompression.Open(file, kind, leaveOpen: true);
            using var reader = new TarReader(plain);
            return await reader.ReadEntryAsync(ct) is not null;
        }
        catch (WharfException e) when (e.Kind is ErrorKind.InvalidArgument or ErrorKind.DataLoss)
        {
            return false; // not an archive: it is copied as it is
        }
        catch (InvalidDataException)
        {
            return false; // compressed, but no archive inside
        }
    }

    public static async Task UnpackAsync(CopySource source, TargetTree root, string target, CopyLook look, CancellationToken ct)
    {
        await using var file = source.Tree.OpenData(source.Path).AsStream();
        var options = look.Owner is { } owner
            ? new ExtractOptions { CopyOwners = false, UserId = owner.User, GroupId = owner.Group }
            : new ExtractOptions();
        await ContainerFiles.ExtractAsync(root.Root, target, file, options, ct);
    }
}
