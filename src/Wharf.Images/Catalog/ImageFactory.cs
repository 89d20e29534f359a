using Wharf.Images.Index;
using Wharf.Images.Layers;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>Brings images into the index: their configuration, the manifests they came by, their names, all in one transaction.</summary>
internal sealed class ImageFactory(LocalIndex index, LayerFlusher flusher, TimeProvider clock)
{
    /// <summary>Registers an image whose layers are here and held by leases of the caller.</summary>
    /// <returns>True when the image was not here before.</returns>
    public async Task<bool> RegisterAsync(NewImage image, CancellationToken ct)
    {
        bool isNew = false;
        FlushedLayers flushed = image.IsProvisional ? FlushedLayers.None : await flusher.FlushAsync(ct).ConfigureAwait(false);
        await index.ChangeAsync(state =>
        {
            ImageRecord? present = state.Images.GetValueOrDefault(image.Id);
            isNew = present is null;
            ImageRecord record = (present ?? IndexLoader.RecordOf(image.Id, image.Config)) with
            {
                Chain = ChainId.Of(image.Config.RootFs?.DiffIds ?? []),
            };
            record = record with
            {
                Parent = image.Parent.IsEmpty ? record.Parent : image.Parent,
                Manifest = image.Manifest is { } m ? m.Digest : record.Manifest,
                Target = image.Target ?? record.Target,
                LastTagged = image.IsTagged && image.Names.Any(n => n.IsTag) ? clock.GetUtcNow() : record.LastTagged,
            };
            var names = state.Names.ToBuilder();
            foreach (NameKey name in image.Names)
            {
                names[name] = image.Id;
            }

            return new IndexChange(state with { Images = state.Images.SetItem(image.Id, record), Names = names.ToImmutable() }, connection =>
            {
                IndexWrites.PutDocument(connection, image.Id, MediaTypes.OciConfig, image.RawConfig);
                IndexWrites.PutImage(connection, record);
                foreach (ImageDocument document in image.Documents)
                {
                    IndexWrites.PutDocument(connection, document.Digest, document.MediaType, document.Content);
                    IndexWrites.PutImageManifest(connection, image.Id, document.Digest);
                }

                foreach (LayerBlob blob in image.LayerBlobs)
                {
                    IndexWrites.PutLayerBlob(connection, blob);
                    if (image.Source is { } source)
                    {
                        IndexWrites.PutBlobSource(connection, blob.Digest, source, image.SourceIsOpen);
                    }
                }

                foreach (NameKey name in image.Names)
                {
                    IndexWrites.PutName(connection, name, image.Id);
                }

                flushed.Write(connection);
            }, Durable: !image.IsProvisional);
        }, ct).ConfigureAwait(false);
        flushed.Recorded();
        if (image.IsProvisional)
        {
            flusher.SettleSoon();
        }

        return isNew;
    }
}

/// <summary>An image about to be registered.</summary>
internal sealed record NewImage
{
    public required ReadOnlyMemory<byte> RawConfig { get; init; }

    public required ImageConfig Config { get; init; }

    public required Digest Id { get; init; }

    /// <summary>It is named by its maker, and not merely brought here with its names: that is a time of tagging.</summary>
    public bool IsTagged { get; init; }

    public Digest Parent { get; init; }

    /// <summary>The manifest it came by.</summary>
    public ImageDocument? Manifest { get; init; }

    /// <summary>What its name pointed to in the registry.</summary>
    public Descriptor? Target { get; init; }

    /// <summary>Manifest and index, kept as long as the image.</summary>
    public IReadOnlyList<ImageDocument> Documents { get; init; } = [];

    public IReadOnlyList<LayerBlob> LayerBlobs { get; init; } = [];

    /// <summary>Repository that has the layer blobs.</summary>
    public string? Source { get; init; }

    /// <summary>That repository asked for no credentials.</summary>
    public bool SourceIsOpen { get; init; }

    /// <summary>See <see cref="ImageCreation.IsProvisional"/>.</summary>
    public bool IsProvisional { get; init; }

    public IReadOnlyList<NameKey> Names { get; init; } = [];
}
