using System.Buffers;
using System.Collections.Concurrent;
using Wharf.Engine.Containers.Naming;
using Wharf.Primitives;

namespace Wharf.Engine.Containers;

/// <summary>All containers by id and name. Look-ups never wait; names are claimed before a container exists.</summary>
internal sealed class ContainerRegistry
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly ConcurrentDictionary<string, Container> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Lock _naming = new();

    public ICollection<Container> All => _byId.Values;

    public int Count => _byId.Count;

    public void Add(Container container) => _byId[container.Id] = container;

    public Container? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>By full id, then by name, then by an unambiguous prefix of an id: the order that Docker promises.</summary>
    /// <exception cref="WharfException">NotFound, or InvalidArgument for a prefix of several.</exception>
    public Container Get(string nameOrId) => TryGet(nameOrId, out bool ambiguous)
        ?? throw (ambiguous ? ContainerErrors.AmbiguousPrefix(nameOrId) : ContainerErrors.NoSuchContainer(nameOrId));

    public Container? TryGet(string nameOrId) => TryGet(nameOrId, out _);

    /// <summary>Claims a name for an id.</summary>
    /// <exception cref="WharfException">Conflict, naming the container that has it.</exception>
    public void Claim(string name, string id)
    {
        string owner = _names.GetOrAdd(name, id);
        if (owner != id)
        {
            throw ContainerErrors.NameInUse(name, owner);
        }
    }

    /// <summary>Claims a made-up name.</summary>
    public string ClaimRandom(string id)
    {
        for (int attempt = 0; ; attempt++)
        {
            string name = NameGenerator.Next(attempt);
            if (_names.TryAdd(name, id))
            {
                return name;
            }
        }
    }

    /// <summary>Gives up a name, if this id has it.</summary>
    public void Unclaim(string name, string id) => _names.TryRemove(KeyValuePair.Create(name, id));

    public void Remove(Container container)
    {
        lock (_naming)
        {
            _byId.TryRemove(container.Id, out _);
            foreach ((string name, string id) in _names)
            {
                if (id == container.Id)
                {
                    _names.TryRemove(KeyValuePair.Create(name, id));
                }
            }
        }
    }

    private Container? TryGet(string nameOrId, out bool ambiguous)
    {
        ambiguous = false;
        if (nameOrId.Length == 0)
        {
            return null;
        }

        if (_byId.TryGetValue(nameOrId, out Container? exact))
        {
            return exact;
        }

        string name = nameOrId[0] == '/' ? nameOrId[1..] : nameOrId;
        if (_names.TryGetValue(name, out string? id) && _byId.TryGetValue(id, out Container? named))
        {
            return named;
        }

        // "container/alias" is a name of what the container is linked to
        if (name.IndexOf('/') is > 0 and var slash)
        {
            return _names.TryGetValue(name[..slash], out string? parent) && _byId.TryGetValue(parent, out Container? linking)
                && Creation.ContainerLinks.Of(linking.Current, this).FirstOrDefault(link => link.Alias == name[(slash + 1)..]).Target is { } target
                ? _byId.GetValueOrDefault(target.Id)
                : null;
        }

        if (nameOrId.Length >= ObjectId.Length || nameOrId.AsSpan().ContainsAnyExcept(HexDigits))
        {
            return null;
        }

        Container? found = null;
        foreach (Container container in _byId.Values)
        {
            if (container.Id.StartsWith(nameOrId, StringComparison.Ordinal))
            {
                if (found is not null)
                {
                    ambiguous = true;
                    return null;
                }

                found = container;
            }
        }

        return found;
    }
}
