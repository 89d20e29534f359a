namespace Wharf.Archive.Layers;

/// <summary>One line of a user namespace's map: <paramref name="Count"/> ids from <paramref name="Inside"/> are <paramref name="Outside"/> and following on the host (user_namespaces(7)).</summary>
public readonly record struct IdentityRange(uint Inside, uint Outside, uint Count);

/// <summary>Shifts owners between a container with userns-remap and the disk. The empty map changes nothing.</summary>
public sealed record IdentityMap(IReadOnlyList<IdentityRange> Users, IReadOnlyList<IdentityRange> Groups)
{
    public static readonly IdentityMap None = new([], []);

    public bool IsEmpty => Users.Count == 0 && Groups.Count == 0;

    /// <summary>The id on disk, or null when the map has no place for it.</summary>
    public static uint? ToHost(IReadOnlyList<IdentityRange> ranges, uint id) => Find(ranges, id, toHost: true);

    /// <summary>The id inside the container, or null when it has none there.</summary>
    public static uint? ToContainer(IReadOnlyList<IdentityRange> ranges, uint id) => Find(ranges, id, toHost: false);

    private static uint? Find(IReadOnlyList<IdentityRange> ranges, uint id, bool toHost)
    {
        if (ranges.Count == 0)
        {
            return id;
        }

        foreach (var range in ranges)
        {
            (uint from, uint to) = toHost ? (range.Inside, range.Outside) : (range.Outside, range.Inside);
            if (id >= from && id - from < range.Count)
            {
                return to + (id - from);
            }
        }

        return null;
    }
}
