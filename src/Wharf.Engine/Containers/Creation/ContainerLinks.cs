using Wharf.Api.Containers;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Creation;

/// <summary>
/// Links of the default bridge. A container's record names the other by its id, so that a rename changes nothing; what clients see is
/// <c>/other:/container/alias</c>, and <c>/container/alias</c> is one more name of the other.
/// </summary>
internal static class ContainerLinks
{
    /// <summary>Takes <c>name[:alias]</c> as the user wrote it to <c>id:alias</c>; links of other networks stay as they are.</summary>
    /// <exception cref="WharfException">InvalidArgument when there is no such container, or it has no network of its own.</exception>
    public static List<string>? Resolve(HostConfig host, ContainerRegistry containers)
    {
        return host.Links is not { Count: > 0 } links || host.NetworkMode != "bridge" ? host.Links : links.ConvertAll(Resolved);

        string Resolved(string text)
        {
            (string name, string alias) = Split(text);
            ContainerRecord target = Find(name, containers);
            while (target.HostConfig.NetworkMode is { } mode && Launch.NamespaceList.IsShared(mode))
            {
                target = Find(mode["container:".Length..], containers);
            }

            return target.HostConfig.NetworkMode == "host"
                ? throw WharfException.Invalid("conflicting options: host type networking can't be used with links. This would result in undefined behavior")
                : $"{target.Id}:{alias}";
        }
    }

    /// <summary>The container's links for clients; those whose target has been removed are gone.</summary>
    public static List<string>? Shown(ContainerRecord record, ContainerRegistry containers)
    {
        if (record.HostConfig.NetworkMode != "bridge")
        {
            return record.HostConfig.Links;
        }

        List<string> links = [.. Of(record, containers).Select(link => $"/{link.Target.Name}:/{record.Name}/{link.Alias}")];
        return links.Count == 0 ? null : links;
    }

    /// <summary>The containers that this one is linked to, by alias.</summary>
    public static IEnumerable<(ContainerRecord Target, string Alias)> Of(ContainerRecord record, ContainerRegistry containers)
    {
        foreach (string text in record.HostConfig.NetworkMode == "bridge" ? record.HostConfig.Links ?? [] : [])
        {
            (string name, string alias) = Split(text);
            if (containers.TryGet(name)?.Current is { } target)
            {
                yield return (target, alias);
            }
        }
    }

    /// <summary><c>name[:alias]</c>, or inspect's own <c>/name:/parent/alias</c>.</summary>
    public static (string Name, string Alias) Split(string text)
    {
        int colon = text.LastIndexOf(':');
        string name = colon < 0 ? text : text[..colon];
        return (name, (colon < 0 ? name : text[(colon + 1)..]).Split('/')[^1]);
    }

    private static ContainerRecord Find(string name, ContainerRegistry containers) => containers.TryGet(name)?.Current
        ?? throw WharfException.Invalid($"could not get container for {name}: {ContainerErrors.NoSuchContainer(name).Message}");
}
