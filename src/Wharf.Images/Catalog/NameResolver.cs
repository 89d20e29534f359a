using System.Buffers;
using Wharf.Images.Index;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>From what people write to an image: name first, then id and unambiguous id prefix, as Docker looks.</summary>
internal static class NameResolver
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    public static ImageRecord Resolve(IndexState state, string name, Platform? platform)
    {
        ImageRecord image = Find(state, name) ?? throw ImageErrors.NoSuchImage(name);
        return platform is null || platform.Accepts(image.Platform) ? image
            : IsIdPrefix(image.Id, name) ? throw ImageErrors.OtherPlatform(name, platform, image.Platform)
            : VariantFor(state, image, platform, name);
    }

    /// <summary>The image of the same index that is for a platform.</summary>
    /// <exception cref="WharfException">NotFound: there is none, at least not here.</exception>
    public static ImageRecord VariantFor(IndexState state, ImageRecord image, Platform platform, string name) =>
        state.VariantsOf(image).FirstOrDefault(v => platform.Accepts(v.Platform)) ?? throw ImageErrors.OtherPlatform(name, platform, image.Platform);

    /// <exception cref="WharfException">InvalidArgument for text that is neither a name nor an id.</exception>
    public static ImageRecord? Find(IndexState state, string name)
    {
        if (ObjectId.IsFull(name))
        {
            return state.Images.GetValueOrDefault(Digest.FromHex(name));
        }

        if (Digest.TryParse(name, out Digest id))
        {
            return state.Images.GetValueOrDefault(id);
        }

        if (FindByName(state, ImageReference.Parse(name)) is { } named)
        {
            return named;
        }

        string hex = name.StartsWith("sha256:", StringComparison.Ordinal) ? name[7..] : name;
        if (hex.Length is 0 or > 64 || hex.AsSpan().ContainsAnyExcept(Hexadecimal))
        {
            return null;
        }

        ImageRecord? found = null;
        foreach (ImageRecord image in state.Images.Values)
        {
            if (image.Id.Encoded.StartsWith(hex, StringComparison.Ordinal))
            {
                if (found is not null)
                {
                    return null;
                }

                found = image;
            }
        }

        return found;
    }

    public static ImageRecord? FindByName(IndexState state, ImageReference reference) =>
        state.Names.TryGetValue(NameKey.Of(reference.WithDefaultTag()), out Digest image) ? state.Images.GetValueOrDefault(image) : null;

    /// <summary>True when the text speaks of the image by (the beginning of) its id.</summary>
    public static bool IsIdPrefix(Digest image, string text) =>
        text.Length > 0 && (image.ToString().StartsWith(text, StringComparison.Ordinal) || image.Encoded.StartsWith(text, StringComparison.Ordinal));
}
