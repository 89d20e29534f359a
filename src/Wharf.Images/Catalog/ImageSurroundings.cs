namespace Wharf.Images.Catalog;

/// <summary>Who uses images and who hears of them; silent until the engine connects.</summary>
internal sealed class ImageSurroundings(LastUses uses)
{
    public LastUses LastUses { get; } = uses;

    public IImageUsers Users { get; private set; } = new Nobody();

    public IImageEventSink Events { get; private set; } = new Nobody();

    public void Connect(IImageUsers users, IImageEventSink events) => (Users, Events) = (users, events);

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
