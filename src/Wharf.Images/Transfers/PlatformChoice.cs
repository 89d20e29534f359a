using Wharf.Oci.Images;

namespace Wharf.Images.Transfers;

/// <summary>Which entries of an index may be run on a platform.</summary>
internal static class PlatformChoice
{
    /// <summary>
    /// The manifests that fit, best first. Attestations and artifacts never do; an entry without a platform comes last, and only its
    /// configuration then tells.
    /// </summary>
    public static IEnumerable<Descriptor> Rank(IReadOnlyList<Descriptor> manifests, Platform platform) => manifests
        .Where(m => !m.IsAttestation && (MediaTypes.IsManifest(m.MediaType) || MediaTypes.IsIndex(m.MediaType)) && m.Platform is not { Os: "unknown" })
        .Select((m, i) => (Manifest: m, Order: i, Rank: m.Platform is null or { Os: "" } ? 0 : platform.Rank(m.Platform)))
        .Where(m => m.Rank >= 0)
        .OrderByDescending(m => m.Rank)
        .ThenBy(m => m.Order)
        .Select(m => m.Manifest);
}
