using Wharf.Engine.Events;

namespace Wharf.Engine.Containers;

/// <summary>Announces what happens to containers, with the attributes that Docker's events carry: labels, image, name, and what the action adds.</summary>
internal static class ContainerEvents
{
    public static void Raise(this IEventService events, ContainerRecord record, string action, params ReadOnlySpan<(string Name, string Value)> more)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (record.Config.Labels is { } labels)
        {
            foreach ((string name, string value) in labels)
            {
                attributes[name] = value;
            }
        }

        if (!string.IsNullOrEmpty(record.Config.Image))
        {
            attributes["image"] = record.Config.Image;
        }

        attributes["name"] = record.Name;
        foreach ((string name, string value) in more)
        {
            attributes[name] = value;
        }

        events.Publish("container", action, record.Id, attributes);
    }
}
