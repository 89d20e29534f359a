using System.Globalization;
using Wharf.Api.Images;
using Wharf.Cli.Framework.Output;
using Wharf.Primitives;

namespace Wharf.Cli.Images;

/// <summary>One line of <c>images</c>: an image under one of its names.</summary>
internal sealed record ImageRow(ImageSummary Image, string Repository, string Tag, string Digest);

internal static class ImageRows
{
    private const string None = "<none>";

    /// <param name="images">The engine's list.</param>
    /// <param name="digests">A line for every digest, too.</param>
    public static IEnumerable<ImageRow> From(IEnumerable<ImageSummary> images, bool digests) => images.SelectMany(i => Of(i, digests));

    /// <summary>The image under its first tag, as <c>system df -v</c> lists it: without a digest.</summary>
    public static ImageRow First(ImageSummary image) => Of(image, digests: false).First() with { Digest = "" };

    private static IEnumerable<ImageRow> Of(ImageSummary image, bool digests)
    {
        var tags = new List<(string Repository, string Tag)>();
        var hashes = new List<(string Repository, string Digest)>();
        foreach (string name in image.RepoTags ?? [])
        {
            if (ImageReference.TryParse(name, out ImageReference? reference) && reference.Tag is not null)
            {
                tags.Add((reference.FamiliarName, reference.Tag));
            }
        }

        foreach (string name in image.RepoDigests ?? [])
        {
            if (ImageReference.TryParse(name, out ImageReference? reference) && !reference.Digest.IsEmpty)
            {
                hashes.Add((reference.FamiliarName, reference.Digest.ToString()));
            }
        }

        if (tags.Count == 0 && hashes.Count == 0)
        {
            yield return new ImageRow(image, None, None, None);
        }

        foreach (string repository in tags.Select(t => t.Repository).Concat(hashes.Select(h => h.Repository)).Distinct())
        {
            List<string> own = [.. tags.Where(t => t.Repository == repository).Select(t => t.Tag)];
            List<string> ownDigests = [.. hashes.Where(h => h.Repository == repository).Select(h => h.Digest)];
            foreach (string tag in own.Count > 0 ? own : [None])
            {
                if (!digests || ownDigests.Count == 0)
                {
                    yield return new ImageRow(image, repository, tag, None);
                    continue;
                }

                foreach (string digest in ownDigests)
                {
                    yield return new ImageRow(image, repository, tag, digest);
                }
            }
        }
    }

    public static Column<ImageRow>[] Columns(TimeProvider clock, bool noTrunc) =>
    [
        new("ID", "IMAGE ID", r => noTrunc ? r.Image.Id : Units.ShortId(r.Image.Id ?? "")),
        new("Repository", "REPOSITORY", r => r.Repository),
        new("Tag", "TAG", r => r.Tag),
        new("Digest", "DIGEST", r => r.Digest),
        new("CreatedSince", "CREATED", r => Since(clock, r.Image.Created)),
        new("CreatedAt", "CREATED AT", r => GoTime.Unix(r.Image.Created)),
        new("Size", "SIZE", r => Units.Size(r.Image.Size)),
        new("Containers", "CONTAINERS", r => r.Image.Containers == -1 ? "N/A" : r.Image.Containers.ToString(CultureInfo.InvariantCulture)),
        new("VirtualSize", "SIZE", r => Units.Size(r.Image.Size, 4)),
        new("SharedSize", "SHARED SIZE", r => r.Image.SharedSize == -1 ? "N/A" : Units.Size(r.Image.SharedSize, 4)),
        new("UniqueSize", "UNIQUE SIZE", r => r.Image.SharedSize == -1 ? "N/A" : Units.Size(r.Image.Size - r.Image.SharedSize, 4)),
    ];

    private static string Since(TimeProvider clock, long created) =>
        created <= 0 ? "N/A" : Units.Duration(clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(created)) + " ago";
}
