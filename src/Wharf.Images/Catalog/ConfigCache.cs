using System.Collections.Concurrent;
using Wharf.Images.Index;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>Parsed configurations of the images in use; small, because containers of few images start over and over.</summary>
internal sealed class ConfigCache(DocumentStore documents)
{
    private const int Capacity = 64;
    private readonly ConcurrentDictionary<Digest, ImageConfig> _configs = new();

    public ImageConfig Get(Digest image)
    {
        if (_configs.TryGetValue(image, out ImageConfig? known))
        {
            return known;
        }

        ImageDocument document = documents.Find(image) ?? throw ImageErrors.NoSuchImage(image.ToString());
        ImageConfig config = OciImageJson.ReadConfig(document.Content.Span);
        if (_configs.Count >= Capacity)
        {
            _configs.Clear();
        }

        return _configs[image] = config;
    }

    public void Forget(Digest image) => _configs.TryRemove(image, out _);
}
