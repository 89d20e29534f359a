using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Wharf.Archive.Compression;
using Wharf.Archive.Tar;
using Wharf.Archive.Trees;
using Wharf.Primitives;

namespace Wharf.Archive.Layers;

/// <summary>
/// Unpacks a layer below a directory. The archive is hostile: every name is resolved beneath the directory with openat2(2), links in
/// the way lead nowhere else, hard links join only members of the tree.
/// </summary>
public static class LayerApplier
{
    /// <param name="tar">The uncompressed layer; read to its end.</param>
    /// <param name="root">Handle of the target directory, on which everything is done.</param>
    /// <param name="options">Deletion marks, owners, limits.</param>
    /// <param name="ct">Leaves the directory half filled; the caller drops it.</param>
    /// <exception cref="WharfException">InvalidArgument: a broken or hostile archive; Internal: the disk.</exception>
    public static Task<LayerApplyResult> ApplyAsync(Stream tar, SafeFileHandle root, LayerApplyOptions options, CancellationToken ct) =>
        Task.Run(() => RunAsync(tar, root, options, ct), ct);

    private static async Task<LayerApplyResult> RunAsync(Stream tar, SafeFileHandle root, LayerApplyOptions options, CancellationToken ct)
    {
        await using RecipeWriter? recipe = options.Recipe is { } target ? new RecipeWriter(target) : null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // The digest is taken beside the reading and the writing of files: each keeps a core busy.
        await using var ahead = new ReadAheadStream(tar, hash.AppendData, leaveOpen: true);
        using var reader = new TarReader(ahead, options.Limits, recipe);
        var rules = new ExtractRules { Whiteouts = options.Whiteouts, Owners = options.Owners, Private = options.Whiteouts != WhiteoutStyle.Keep };
        long size = 0, entries = 0, skipped;
        using (var extractor = new TreeExtractor(root, TreePath.Root, rules) { Recipe = recipe })
        {
            while (await reader.ReadEntryAsync(ct) is { } entry)
            {
                ct.ThrowIfCancellationRequested();
                await extractor.ApplyAsync(reader, entry, ct);
                size += entry.Type == TarEntryType.File ? entry.Size : 0;
                entries++;
            }

            skipped = extractor.SkippedAttributes;
        }

        await reader.DrainAsync(ct);
        if (recipe is not null)
        {
            await recipe.FinishAsync();
        }

        return new LayerApplyResult(Digest.FromHash(hash.GetCurrentHash()), size, entries, reader.Position) { SkippedAttributes = skipped, HasRecipe = recipe is { IsSpoilt: false } };
    }
}
