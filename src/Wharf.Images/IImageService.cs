using Wharf.Images.Caches;
using Wharf.Images.Catalog;
using Wharf.Images.Containers;
using Wharf.Images.Maintenance;
using Wharf.Images.Transfers;

namespace Wharf.Images;

/// <summary>
/// All that the engine and the API may ask of images. One instance per data root; every member may be called from any thread at once.
/// Errors are <see cref="Primitives.WharfException"/> with Docker's texts.
/// </summary>
public interface IImageService : IImageCatalog, IImageTransfers, IBuildCaches, IContainerFilesystems, IImageMaintenance
{
    /// <summary>Sets who is asked about containers and who is told of events; called once, before the first request.</summary>
    void Connect(IImageUsers users, IImageEventSink events);
}
