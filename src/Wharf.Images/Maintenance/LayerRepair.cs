using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Primitives;

namespace Wharf.Images.Maintenance;

/// <summary>Looks whether a layer's files are what they were, and unpacks it again from a blob, here or at a registry, when they are not.</summary>
internal sealed class LayerRepair(LocalIndex index, LayerStore layers, LayerTars tars)
{
    /// <summary>What is wrong; null when nothing is, as far as can be told.</summary>
    public async Task<string?> ProblemAsync(LayerRecord layer, CancellationToken ct)
    {
        if (!layers.Driver.Exists(layer.Snapshot))
        {
            return "its directory is missing";
        }

        if (!layer.Parent.IsEmpty && !index.State.Layers.ContainsKey(layer.Parent))
        {
            return "the layer below it is missing";
        }

        if (layer.Source == TarSource.Blob)
        {
            return null; // nothing but the blob knows what its files were
        }

        try
        {
            await using Stream tar = tars.OpenOwn(layer, ct) ?? throw WharfException.DataLoss("its recipe is missing");
            await tar.CopyToAsync(Stream.Null, ct).ConfigureAwait(false);
            return null;
        }
        catch (WharfException e) when (e.Kind is ErrorKind.DataLoss or ErrorKind.InvalidArgument or ErrorKind.NotFound)
        {
            return $"its files are not what they were: {e.Message}";
        }
    }

    /// <summary>Nothing may be using the layer.</summary>
    public async Task<bool> TryAsync(LayerRecord layer, CancellationToken ct)
    {
        try
        {
            await using Stream tar = await tars.OpenForeignAsync(layer, ct).ConfigureAwait(false);
            await layers.ReplaceAsync(layer, tar, ct).ConfigureAwait(false);
            return true;
        }
        catch (WharfException e) when (e.Kind is ErrorKind.DataLoss or ErrorKind.InvalidArgument or ErrorKind.Unavailable or ErrorKind.NotFound)
        {
            return false;
        }
    }
}
