using System.Collections.Immutable;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Index;

/// <summary>
/// One moment of the whole index. Immutable: readers take the current one and never wait, writers replace it after the database has
/// the change.
/// </summary>
internal sealed record IndexState
{
    public static readonly IndexState Empty = new();

    public ImmutableDictionary<Digest, ImageRecord> Images { get; init; } = ImmutableDictionary<Digest, ImageRecord>.Empty;

    public ImmutableSortedDictionary<NameKey, Digest> Names { get; init; } = ImmutableSortedDictionary<NameKey, Digest>.Empty;

    public ImmutableDictionary<Digest, LayerRecord> Layers { get; init; } = ImmutableDictionary<Digest, LayerRecord>.Empty;

    public ImmutableDictionary<string, ContainerRecord> Containers { get; init; } = ImmutableDictionary<string, ContainerRecord>.Empty;

    /// <summary>The image's layers, bottom first; throws when one is missing, which only damage can cause.</summary>
    public IReadOnlyList<LayerRecord> LayersOf(Digest chain)
    {
        var layers = new List<LayerRecord>();
        while (!chain.IsEmpty)
        {
            if (!Layers.TryGetValue(chain, out LayerRecord? layer))
            {
                throw WharfException.DataLoss($"layer {chain} is missing from the index; run a storage check with repair");
            }

            layers.Add(layer);
            chain = layer.Parent;
        }

        layers.Reverse();
        return layers;
    }

    public long SizeOf(Digest chain)
    {
        long size = 0;
        while (!chain.IsEmpty && Layers.TryGetValue(chain, out LayerRecord? layer))
        {
            size += layer.Size;
            chain = layer.Parent;
        }

        return size;
    }

    public IEnumerable<NameKey> NamesOf(Digest image) => Names.Where(n => n.Value == image).Select(n => n.Key);

    /// <summary>Names by image, for lists: one pass instead of one per image.</summary>
    public Lookup<Digest, NameKey> NamesByImage() => Names.ToLookup(n => n.Value, n => n.Key);

    /// <summary>The images that came by the same index, one for each platform; the image itself when it came alone.</summary>
    public IEnumerable<ImageRecord> VariantsOf(ImageRecord image) => image.Target is { } target && MediaTypes.IsIndex(target.MediaType)
        ? Images.Values.Where(i => i.Id == image.Id || i.Target?.Digest == target.Digest).OrderByDescending(i => i.Id == image.Id)
        : [image];

    /// <summary>The indexes of which some image has a name: their other images are there by it, and do not dangle.</summary>
    public HashSet<Digest> NamedIndexes() => [.. Names.Values.Distinct().Select(i => Images.GetValueOrDefault(i)?.Target)
        .Where(t => t is not null && MediaTypes.IsIndex(t.MediaType)).Select(t => t!.Digest)];

    public IEnumerable<ImageRecord> ChildrenOf(Digest image) => Images.Values.Where(i => i.Parent == image);

    /// <summary>
    /// The layers that none of the images, containers or <paramref name="leased"/> chains stand on, topmost first, so that they can be
    /// removed in this order.
    /// </summary>
    public IReadOnlyList<LayerRecord> UnusedLayers(IEnumerable<Digest> leased)
    {
        var used = new HashSet<Digest>();
        foreach (Digest top in Images.Values.Select(i => i.Chain).Concat(Containers.Values.Select(c => c.Chain)).Concat(leased))
        {
            Digest chain = top;
            while (!chain.IsEmpty && used.Add(chain) && Layers.TryGetValue(chain, out LayerRecord? layer))
            {
                chain = layer.Parent;
            }
        }

        return Layers.Values.Where(l => !used.Contains(l.Chain)).OrderByDescending(Depth).ToList();
    }

    private int Depth(LayerRecord layer)
    {
        int depth = 0;
        for (Digest chain = layer.Chain; !chain.IsEmpty && Layers.TryGetValue(chain, out LayerRecord? l); chain = l.Parent)
        {
            depth++;
        }

        return depth;
    }
}
