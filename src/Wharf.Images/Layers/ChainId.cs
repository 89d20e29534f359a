using System.Text;
using Wharf.Primitives;

namespace Wharf.Images.Layers;

/// <summary>Identity of a stack of layers: OCI image specification, "Layer ChainID".</summary>
internal static class ChainId
{
    public static Digest Of(Digest parent, Digest diff) =>
        parent.IsEmpty ? diff : Digest.Sha256(Encoding.ASCII.GetBytes(parent + " " + diff));

    public static Digest Of(IEnumerable<Digest> diffs) => diffs.Aggregate(default(Digest), Of);
}
