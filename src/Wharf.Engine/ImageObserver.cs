using Wharf.Engine.Builds;
using Wharf.Engine.Containers;
using Wharf.Engine.Events;
using Wharf.Images.Catalog;
using Wharf.Primitives;

namespace Wharf.Engine;

/// <summary>What images ask of the engine: which containers and builds stand on them, and a place for their events.</summary>
internal sealed class ImageObserver(ContainerRegistry containers, BuildHolds builds, IEventService events) : IImageUsers, IImageEventSink
{
    public IReadOnlyList<ImageUse> ImageUses()
    {
        var uses = new List<ImageUse>(containers.Count);
        foreach (Container container in containers.All)
        {
            ContainerRecord record = container.Current;
            if (Digest.TryParse(record.Definition.ImageId, out Digest image))
            {
                uses.Add(new ImageUse(record.Id, image, record.Config.Image ?? "", record.State.Status.HasProcess()));
            }

            foreach (ContainerMount mount in record.Definition.Mounts)
            {
                if (Digest.TryParse(mount.ImageId, out Digest mounted))
                {
                    uses.Add(new ImageUse(record.Id, mounted, mount.Source, record.State.Status.HasProcess()));
                }
            }
        }

        uses.AddRange(builds.Uses());
        return uses;
    }

    public void Raise(ImageEvent imageEvent) => events.Publish("image", imageEvent.Action, imageEvent.ActorId, imageEvent.Attributes);
}
