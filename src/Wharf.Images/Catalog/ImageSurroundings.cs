using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>Who uses images and who hears of them; silent until the engine connects.</summary>
internal sealed class ImageSurroundings
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Digest, DateTimeOffset> _lastUses = new();

    public IImageUsers Users { get; private set; } = new Nobody();

    public IImageEventSink Events { get; private set; } = new Nobody();

    public void Connect(IImageUsers users, IImageEventSink events) => (Users, Events) = (users, events);

    /// <summary>The image was brought here, or a container was made of it.</summary>
    public void NoteUse(Digest image, DateTimeOffset moment) => _lastUses[image] = moment;

    /// <summary>When that was, as long as this daemon runs.</summary>
    public DateTimeOffset? LastUse(Digest image) => _lastUses.TryGetValue(image, out DateTimeOffset moment) ? moment : null;

    /// <param name="action">tag, untag, delete, pull …</param>
    /// <param name="actorId">Id or name.</param>
    /// <param name="name">The attribute "name"; null for none.</param>
    /// <param name="attributes">The image's labels, or the event's own attributes.</param>
    public void Raise(string action, string actorId, string? name, IReadOnlyDictionary<string, string>? attributes)
    {
        var all = attributes is null ? [] : new Dictionary<string, string>(attributes);
        if (name is not null)
        {
            all["name"] = name;
        }

        Events.Raise(new ImageEvent(action, actorId, all));
    }

    private sealed class Nobody : IImageUsers, IImageEventSink
    {
        public IReadOnlyList<ImageUse> ImageUses() => [];

        public void Raise(ImageEvent imageEvent)
        {
            // Nobody listens yet.
        }
    }
}
