using Wharf.Registry.Storage;

namespace Wharf.Registry.Http;

/// <summary>The kinds of addresses that the distribution specification has.</summary>
internal enum TargetKind
{
    None,
    Base,
    Catalog,
    Tags,
    Manifest,
    Blob,
    Uploads,
    Upload,
    Referrers,
}

/// <summary>What a path below /v2/ names. Repositories may have components called blobs or manifests, so it is read from its end.</summary>
/// <param name="Kind">Which sort of thing.</param>
/// <param name="Repository">Its repository; empty for the base and the catalog. A valid name.</param>
/// <param name="Reference">The tag, digest or upload id as it was written.</param>
internal readonly record struct Target(TargetKind Kind, string Repository, string Reference)
{
    /// <exception cref="RegistryFault">NAME_INVALID.</exception>
    public static Target Parse(string path)
    {
        if (path is "/v2" or "/v2/")
        {
            return new Target(TargetKind.Base, "", "");
        }

        if (!path.StartsWith("/v2/", StringComparison.Ordinal))
        {
            return default;
        }

        string rest = path[4..];
        if (rest is "_catalog" or "_catalog/")
        {
            return new Target(TargetKind.Catalog, "", "");
        }

        string[] parts = rest.Split('/');
        bool slash = parts[^1].Length == 0;
        int count = parts.Length - (slash ? 1 : 0);
        return count < 3 ? default
            : (parts[count - 2], parts[count - 1]) switch
            {
                ("tags", "list") => Make(TargetKind.Tags, parts, count - 2, ""),
                ("blobs", "uploads") => Make(TargetKind.Uploads, parts, count - 2, ""),
                ("uploads", var id) when count >= 4 && parts[count - 3] == "blobs" => Make(TargetKind.Upload, parts, count - 3, id),
                ("blobs", var digest) when !slash => Make(TargetKind.Blob, parts, count - 2, digest),
                ("manifests", var reference) when !slash => Make(TargetKind.Manifest, parts, count - 2, reference),
                ("referrers", var digest) when !slash => Make(TargetKind.Referrers, parts, count - 2, digest),
                _ => default,
            };
    }

    private static Target Make(TargetKind kind, string[] parts, int nameParts, string reference)
    {
        string name = string.Join('/', parts.Take(nameParts));
        return StoreLayout.IsName(name) ? new Target(kind, name, reference) : throw RegistryFault.NameInvalid(name);
    }
}
