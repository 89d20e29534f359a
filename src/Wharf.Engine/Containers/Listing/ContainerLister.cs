using Wharf.Api.Containers;
using Wharf.Engine.Containers.Creation;
using Wharf.Images.Containers;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Listing;

/// <summary>Lists containers from their snapshots, newest first.</summary>
internal sealed class ContainerLister(EngineCore core)
{
    private static readonly string[] Accepted =
    [
        "ancestor", "before", "expose", "exited", "health", "id", "isolation", "is-task", "label", "name", "network", "publish", "since", "status", "volume",
    ];

    public async Task<List<ContainerSummary>> ListAsync(ContainerListQuery query, CancellationToken ct)
    {
        query.Filters.Validate(Accepted);
        var filter = new ContainerFilter(query.Filters, core);
        bool all = query.All || query.Limit > 0 || query.Filters.Has("status");
        DateTimeOffset now = core.Now;
        Dictionary<string, List<string>> linked = LinkNames();
        var list = new List<ContainerSummary>();
        foreach (Container container in core.Containers.All.OrderByDescending(c => c.Current.Definition.Created))
        {
            ContainerRecord record = container.Current;
            bool running = record.State.Status.HasProcess() || record.State.Status == RunStatus.Restarting;
            if ((!all && !running) || !filter.Matches(record))
            {
                continue;
            }

            list.Add(await SummaryAsync(record, linked, query.Size, now, ct));
            if (query.Limit > 0 && list.Count == query.Limit)
            {
                break;
            }
        }

        return list;
    }

    private async Task<ContainerSummary> SummaryAsync(ContainerRecord record, Dictionary<string, List<string>> linked, bool size, DateTimeOffset now, CancellationToken ct)
    {
        ContainerSize? bytes = size ? await SizeAsync(record, ct) : null;
        return new ContainerSummary
        {
            Id = record.Id,
            Names = ["/" + record.Name, .. linked.GetValueOrDefault(record.Id) ?? []],
            Image = ImageName(record),
            ImageID = record.Definition.ImageId,
            Command = Command(record.Config),
            Created = record.Definition.Created.ToUnixTimeSeconds(),
            Ports = NetworkView.Summary(record),
            SizeRw = bytes?.Writable,
            SizeRootFs = bytes?.Total,
            Labels = record.Config.Labels ?? [],
            State = record.State.Status.Word(),
            Status = HumanTime.StatusOf(record.State, now),
            HostConfig = new ContainerSummaryHostConfig { NetworkMode = record.HostConfig.NetworkMode, Annotations = record.HostConfig.Annotations },
            NetworkSettings = new ContainerSummaryNetworkSettings { Networks = NetworkView.Endpoints(record, core.Networks) },
            Mounts = MountView.Of(record, core.Volumes),
            Health = new ContainerSummaryHealth { Status = record.State.Health?.Status ?? "none", FailingStreak = record.State.Health?.FailingStreak ?? 0 },
        };
    }

    // A link gives its target one more name.
    private Dictionary<string, List<string>> LinkNames()
    {
        var names = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (Container parent in core.Containers.All)
        {
            foreach ((ContainerRecord target, string alias) in ContainerLinks.Of(parent.Current, core.Containers))
            {
                if (!names.TryGetValue(target.Id, out List<string>? list))
                {
                    names[target.Id] = list = [];
                }

                list.Add($"/{parent.Current.Name}/{alias}");
            }
        }

        return names;
    }

    private async Task<ContainerSize?> SizeAsync(ContainerRecord record, CancellationToken ct)
    {
        try
        {
            return await core.Images.ContainerSizeAsync(record.Id, ct);
        }
        catch (WharfException e) when (e.Kind == ErrorKind.NotFound)
        {
            // removed while the list was made
            return null;
        }
    }

    // A name that means another image by now would mislead: then the id is shown.
    private string ImageName(ContainerRecord record)
    {
        string name = record.Config.Image ?? "", id = record.Definition.ImageId;
        return name.Length == 0 || (core.Images.TryResolve(name, out Digest present) && present.ToString() == id) ? name : id;
    }

    private static string Command(ContainerConfig config)
    {
        List<string> words = [.. config.Entrypoint ?? [], .. config.Cmd ?? []];
        return string.Join(' ', words.Select((word, index) => index > 0 && word.Contains(' ') ? $"'{word}'" : word));
    }
}
