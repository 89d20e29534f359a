using Wharf.Primitives;

namespace Wharf.Registry.Storage;

/// <summary>
/// Where things lie below the store's root. Every repository is an OCI image layout of its own (<c>repositories/NAME/_layout</c>: oci-layout,
/// index.json, blobs), whose blobs are hard links to <c>content/</c>: the same bytes are on disk once, and a file's link count says whether any
/// repository still has it. A path component of a repository cannot begin with an underscore, so <c>_layout</c> is nobody's name.
/// </summary>
internal sealed class StoreLayout(string root)
{
    public const string LayoutFolder = "_layout";

    public string Root { get; } = Path.GetFullPath(root);

    public string Lock => Path.Combine(Root, "lock");

    public string Content => Path.Combine(Root, "content");

    public string Repositories => Path.Combine(Root, "repositories");

    public string Uploads => Path.Combine(Root, "uploads");

    public string Keys => Path.Combine(Root, "keys");

    public string ContentFolder(Digest digest) => Path.Combine(Content, digest.Algorithm, digest.Encoded[..2]);

    public string ContentFile(Digest digest) => Path.Combine(ContentFolder(digest), digest.Encoded);

    public string Upload(Guid id) => Path.Combine(Uploads, id.ToString("D"));

    /// <param name="name">A valid repository name; anything else is a defect of the caller.</param>
    public string Repository(string name) => IsName(name)
        ? Path.Combine(Repositories, name, LayoutFolder)
        : throw WharfException.Internal($"repository name \"{name}\" reached the store unchecked");

    public string IndexFile(string name) => Path.Combine(Repository(name), "index.json");

    public string BlobFolder(string name, string algorithm) => Path.Combine(Repository(name), "blobs", algorithm);

    public string BlobFile(string name, Digest digest) => Path.Combine(BlobFolder(name, digest.Algorithm), digest.Encoded);

    public static bool IsName(string name) => name.Length is > 0 and <= 255 && ImageReference.IsPath(name);
}
