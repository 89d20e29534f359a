using Wharf.Runtime.Shims;

namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>
/// A shim taken before the start, so that clients that attach first miss no byte. It belongs to the attached sessions until a start takes it
/// over; when the last session leaves without a start, it goes.
/// </summary>
internal sealed class PreparedShim(IShim shim)
{
    public IShim Shim { get; } = shim;

    /// <summary>Sessions that hold it. Only within the container's gate.</summary>
    public int Sessions { get; set; }
}
