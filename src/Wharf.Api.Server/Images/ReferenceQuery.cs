using Wharf.Primitives;

namespace Wharf.Api.Server.Images;

/// <summary>An image's name spread over two parameters, as Docker's API has it: the repository in one, tag or digest in the other.</summary>
internal static class ReferenceQuery
{
    public static ImageReference Of(string? repository, string? tag)
    {
        ImageReference reference = ImageReference.Parse(repository ?? string.Empty);
        if (tag is null)
        {
            return reference;
        }

        if (Digest.TryParse(tag, out Digest digest))
        {
            return reference.NameOnly() with { Digest = digest };
        }

        return ImageReference.IsTag(tag)
            ? reference.NameOnly() with { Tag = tag }
            : throw WharfException.Invalid("invalid tag format");
    }

    /// <summary>As <see cref="Of"/>; null without a repository.</summary>
    public static ImageReference? Optional(string? repository, string? tag) => repository is null ? null : Of(repository, tag).WithDefaultTag();
}
