using Wharf.Oci.Images;

namespace Wharf.Build.Attestations.Packages;

/// <summary>Packages of apk: <c>/lib/apk/db/installed</c> (apk-package(5) has the letters of its fields).</summary>
internal static class AlpinePackages
{
    private static readonly string[] Databases = ["lib/apk/db/installed", "usr/lib/apk/db/installed"];

    public static IEnumerable<FoundPackage> Find(ImageFiles files, OsRelease release)
    {
        string? path = Databases.FirstOrDefault(p => files.Bytes(p) is not null);
        if (path is null)
        {
            yield break;
        }

        string space = release.Id.Length > 0 ? release.Id : "alpine";
        foreach (string block in files.Text(path)!.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = new Dictionary<char, string>();
            foreach (string line in block.Split('\n').Where(l => l.Length > 2 && l[1] == ':'))
            {
                fields.TryAdd(line[0], line[2..]);
            }

            if (!fields.TryGetValue('P', out string? name) || !fields.TryGetValue('V', out string? version))
            {
                continue;
            }

            string? origin = fields.GetValueOrDefault('o');
            yield return new FoundPackage(name, version, PackageUrl.Of("apk", space, name, version, ("arch", fields.GetValueOrDefault('A')), ("distro", release.Distribution),
                ("upstream", origin == name ? null : origin)), "/" + path)
            {
                License = fields.GetValueOrDefault('L'),
                Supplier = fields.GetValueOrDefault('m'),
                Homepage = fields.GetValueOrDefault('U'),
                Description = fields.GetValueOrDefault('T'),
            };
        }
    }
}
