using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Registry.Storage;

/// <summary>What a repository's index knows of a manifest without opening it.</summary>
/// <param name="Descriptor">Media type, digest and size; the artifact's type where it is one.</param>
/// <param name="Subject">The manifest this one refers to; empty when there is none.</param>
internal sealed record ManifestEntry(Descriptor Descriptor, Digest Subject)
{
    public Digest Digest => Descriptor.Digest;
}
