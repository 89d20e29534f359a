using Wharf.Oci.Images;

namespace Wharf.Build.Attestations.Packages;

/// <summary>Packages of dpkg: <c>/var/lib/dpkg/status</c>, and <c>status.d</c> of images that were made without dpkg in them.</summary>
internal static class DebianPackages
{
    private const string Status = "var/lib/dpkg/status", Parts = "var/lib/dpkg/status.d";

    public static IEnumerable<FoundPackage> Find(ImageFiles files, OsRelease release) =>
        new[] { Status }.Concat(files.Names(Parts).Where(n => !n.EndsWith(".md5sums", StringComparison.Ordinal)).Select(n => Parts + "/" + n))
            .SelectMany(path => Of(files.Text(path) ?? "", path, release));

    private static IEnumerable<FoundPackage> Of(string text, string path, OsRelease release)
    {
        foreach (Dictionary<string, string> stanza in Stanzas.Read(text))
        {
            if (!stanza.TryGetValue("Package", out string? name) || !stanza.TryGetValue("Version", out string? version)
                || (stanza.TryGetValue("Status", out string? status) && !status.EndsWith(" installed", StringComparison.Ordinal)))
            {
                continue;
            }

            string space = release.Id.Length > 0 ? release.Id : "debian";
            yield return new FoundPackage(name, version, PackageUrl.Of("deb", space, name, version, ("arch", stanza.GetValueOrDefault("Architecture")), ("distro", release.Distribution),
                ("upstream", stanza.GetValueOrDefault("Source"))), "/" + path)
            {
                Supplier = stanza.GetValueOrDefault("Maintainer"),
                Homepage = stanza.GetValueOrDefault("Homepage"),
                Description = stanza.GetValueOrDefault("Description"),
            };
        }
    }
}
