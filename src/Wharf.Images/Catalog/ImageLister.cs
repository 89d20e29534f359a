using Wharf.Images.Index;
using Wharf.Primitives;

namespace Wharf.Images.Catalog;

/// <summary>Lists images by the rules of Docker's list: unnamed parents of other images are shown only with <see cref="ImageListQuery.All"/>.</summary>
internal static class ImageLister
{
    private static readonly string[] KnownFilters = ["dangling", "label", "label!", "before", "since", "reference", "until"];

    public static IReadOnlyList<ImageListEntry> List(IndexState state, ImageListQuery query, TimeProvider clock, IReadOnlyList<ImageUse>? uses)
    {
        var filters = new ImageFilters(query.Filters, KnownFilters, clock);
        DateTimeOffset? before = Bound(state, filters.Values("before"), earliest: true);
        DateTimeOffset? since = Bound(state, filters.Values("since"), earliest: false);
        Lookup<Digest, NameKey> names = state.NamesByImage();
        HashSet<Digest> parents = [.. state.Images.Values.Where(i => !i.Parent.IsEmpty).Select(i => i.Parent)];
        Dictionary<Digest, int>? containers = uses?.GroupBy(u => u.ImageId).ToDictionary(g => g.Key, g => g.Count());
        Dictionary<Digest, int>? layerUsers = query.SharedSize ? CountLayerUsers(state) : null;

        HashSet<Digest>? indexes = null;
        var found = new List<ImageListEntry>();
        foreach (ImageRecord image in state.Images.Values)
        {
            DateTimeOffset created = image.Created ?? DateTimeOffset.UnixEpoch;
            if (created >= before || created <= since || created >= filters.Until || !filters.MatchesLabels(image.Labels))
            {
                continue;
            }

            List<ImageReference> references = [.. names[image.Id].Order().Select(n => n.ToReference()).Where(filters.MatchesReference)];
            bool unnamed = references.Count == 0;
            bool tagged = references.Any(r => r.Digest.IsEmpty);
            if (unnamed && (filters.Values("reference").Count > 0 || filters.Dangling == false
                || names[image.Id].Any() || (!query.All && parents.Contains(image.Id))))
            {
                continue;
            }

            if (!names[image.Id].Any() && image.Target is { } index && (indexes ??= state.NamedIndexes()).Contains(index.Digest))
            {
                continue;
            }

            if (filters.Dangling == true && (tagged || parents.Contains(image.Id)))
            {
                continue;
            }

            found.Add(new ImageListEntry
            {
                Id = image.Id,
                Parent = image.Parent,
                RepoTags = [.. references.Where(r => r.Digest.IsEmpty).Select(r => r.Familiar)],
                RepoDigests = [.. references.Where(r => !r.Digest.IsEmpty).Select(r => r.Familiar)],
                Created = created,
                Size = state.SizeOf(image.Chain),
                SharedSize = layerUsers is null ? -1 : SharedSize(state, image, layerUsers),
                Containers = containers is null ? -1 : containers.GetValueOrDefault(image.Id),
                Labels = image.Labels,
                Target = image.Target,
            });
        }

        return [.. found.OrderByDescending(e => e.Created).ThenBy(e => e.RepoTags.Count > 0 ? e.RepoTags[0] : e.Id.ToString(), StringComparer.Ordinal)];
    }

    private static DateTimeOffset? Bound(IndexState state, IReadOnlyList<string> names, bool earliest)
    {
        if (names.Count == 0)
        {
            return null;
        }

        IEnumerable<DateTimeOffset> moments = names.Select(name => NameResolver.Resolve(state, name, null).Created ?? DateTimeOffset.UnixEpoch);
        return earliest ? moments.Min() : moments.Max();
    }

    private static Dictionary<Digest, int> CountLayerUsers(IndexState state)
    {
        var users = new Dictionary<Digest, int>();
        foreach (ImageRecord image in state.Images.Values)
        {
            for (Digest chain = image.Chain; !chain.IsEmpty && state.Layers.TryGetValue(chain, out LayerRecord? layer); chain = layer.Parent)
            {
                users[chain] = users.GetValueOrDefault(chain) + 1;
            }
        }

        return users;
    }

    private static long SharedSize(IndexState state, ImageRecord image, Dictionary<Digest, int> users)
    {
        long shared = 0;
        for (Digest chain = image.Chain; !chain.IsEmpty && state.Layers.TryGetValue(chain, out LayerRecord? layer); chain = layer.Parent)
        {
            shared += users[chain] > 1 ? layer.Size : 0;
        }

        return shared;
    }
}
