using System.Text;
using Wharf.Api.Images;
using Wharf.Cli.Framework.Output;

namespace Wharf.Cli.Images;

/// <summary><c>images --tree</c>: each image with its platforms below it.</summary>
internal static class ImageTree
{
    public static string Render(IEnumerable<ImageSummary> images, bool colour)
    {
        var page = new StringBuilder();
        page.Append(colour ? "\u001b[1mIMAGE\u001b[0m" : "IMAGE").Append("\tID\tDISK USAGE\tCONTENT SIZE\tUSED\n");
        foreach (ImageSummary image in images.OrderByDescending(i => i.Created))
        {
            List<ImageManifestSummary> manifests = [.. (image.Manifests ?? []).Where(m => m.Kind == "image")];
            string name = image.RepoTags is { Count: > 0 } tags ? string.Join(", ", tags) : "<untagged>";
            page.Append('\t', 0).Append(name).Append('\t').Append(Units.ShortId(image.Id ?? "")).Append('\t')
                .Append(Units.Size(manifests.Count == 0 ? image.Size : manifests.Sum(m => m.Size?.Total ?? 0))).Append('\t').Append(Content(manifests)).Append('\t').Append(image.Containers > 0 ? "U" : "").Append('\n');
            for (int i = 0; i < manifests.Count; i++)
            {
                ImageManifestSummary manifest = manifests[i];
                page.Append(i == manifests.Count - 1 ? "└─ " : "├─ ").Append(Platform(manifest)).Append('\t')
                    .Append(Units.ShortId(manifest.ID ?? "")).Append('\t').Append(Units.Size(manifest.Size?.Total ?? 0)).Append('\t')
                    .Append(Units.Size(manifest.Size?.Content ?? 0)).Append('\t').Append(manifest.ImageData?.Containers is { Count: > 0 } ? "U" : "").Append('\n');
            }
        }

        return TabWriter.Align(page.ToString());
    }

    private static string Content(List<ImageManifestSummary> manifests) =>
        manifests.Count == 0 ? "" : Units.Size(manifests.Sum(m => m.Size?.Content ?? 0));

    private static string Platform(ImageManifestSummary manifest)
    {
        OciPlatform? platform = manifest.ImageData?.Platform;
        return platform is null ? "(unknown)" : $"{platform.Os}/{platform.Architecture}{(string.IsNullOrEmpty(platform.Variant) ? "" : "/" + platform.Variant)}";
    }
}
