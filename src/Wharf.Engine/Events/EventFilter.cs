using Wharf.Api.System;
using Wharf.Primitives;

namespace Wharf.Engine.Events;

/// <summary>Which events a listener wants: values of one key are alternatives, keys must all hold.</summary>
internal sealed class EventFilter(FilterSet filters)
{
    private static readonly string[] Actors = ["container", "plugin", "volume", "network", "daemon", "service", "node", "secret", "config"];

    public bool Matches(EventMessage message)
    {
        IReadOnlyDictionary<string, string> attributes = message.Actor?.Attributes ?? [];
        return Action(message.Action ?? "") && filters.Exact("type", message.Type ?? "") && filters.Exact("scope", message.Scope ?? "local")
            && filters.AllPairs("label", attributes) && Array.TrueForAll(Actors, kind => Actor(kind, message, attributes)) && Image(message, attributes);
    }

    // "exec_start: ls" is found by exec_start, "health_status: healthy" by both forms.
    private bool Action(string action)
    {
        int colon = action.IndexOf(':');
        return filters.Exact("event", action) || (colon > 0 && filters.Exact("event", action[..colon]));
    }

    private bool Actor(string kind, EventMessage message, IReadOnlyDictionary<string, string> attributes)
    {
        if (!filters.Has(kind))
        {
            return true;
        }

        string id = message.Actor?.ID ?? "";
        return message.Type == kind
            && (filters.Prefix(kind, id) || (attributes.TryGetValue("name", out string? name) && filters.Prefix(kind, name)));
    }

    private bool Image(EventMessage message, IReadOnlyDictionary<string, string> attributes)
    {
        if (!filters.Has("image"))
        {
            return true;
        }

        string id = message.Actor?.ID ?? "";
        string name = attributes.GetValueOrDefault(message.Type == "image" ? "name" : "image", "");
        return filters.Exact("image", id) || filters.Exact("image", name) || filters.Exact("image", WithoutTag(id)) || filters.Exact("image", WithoutTag(name));
    }

    private static string WithoutTag(string name) => ImageReference.TryParse(name, out var reference) ? reference.FamiliarName : name;
}
