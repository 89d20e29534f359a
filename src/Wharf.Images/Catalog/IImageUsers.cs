using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>Implemented by the engine: which containers stand on which image. Must answer from memory, without waiting.</summary>
public interface IImageUsers
{
    /// <summary>All containers, running or not.</summary>
    IReadOnlyList<ImageUse> ImageUses();
}

/// <param name="ContainerId">Full id.</param>
/// <param name="ImageId">The image it was made from.</param>
/// <param name="ImageName">The name given at create, as written.</param>
/// <param name="Running">Running or paused.</param>
public sealed record ImageUse(string ContainerId, Digest ImageId, string ImageName, bool Running);

/// <summary>Implemented by the engine: takes image events for the journal. Must not block or throw.</summary>
public interface IImageEventSink
{
    void Raise(ImageEvent imageEvent);
}

/// <param name="Action">create, delete, import, load, pull, push, save, tag, untag, prune.</param>
/// <param name="ActorId">Id or name, as Docker reports it for that action; empty for prune.</param>
/// <param name="Attributes">name, and the image's labels; reclaimed for prune.</param>
public sealed record ImageEvent(string Action, string ActorId, IReadOnlyDictionary<string, string> Attributes);
