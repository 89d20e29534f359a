using System.Globalization;
using Wharf.Api.Builds;
using Wharf.Build.Cache;
using Wharf.Build.Mounts;
using Wharf.Engine.Prune;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>The build cache as people see it: cached steps and cache mounts in one list, and how much of it is to go.</summary>
internal sealed class BuildCacheStore(EngineCore core, StateBuildCache cache, CacheMounts cacheMounts, SentContexts contexts)
{
    /// <summary>Characters of an id, as BuildKit's records have.</summary>
    private const int IdLength = 25;

    private const string Steps = "regular", Mounts = "exec.cachemount", Contexts = "source.local";

    public List<BuildCache> List() => [.. Records().Select(r => r.View)];

    /// <summary>Removes records, those not used for the longest time first, until the limits are kept.</summary>
    public async Task<BuildPruneResult> PruneAsync(BuildPruneRequest request, CancellationToken ct)
    {
        var filters = request.Filters;
        filters.Validate("until", "unused-for", "id", "parents", "type", "description", "inuse", "shared", "private");
        DateTimeOffset? until = PruneUntil.Parse(filters.Has("unused-for") ? FilterSet.Of(("until", filters.Get("unused-for")[0])) : filters, core.Now);
        var records = Records();
        long total = records.Sum(r => r.View.Size), keep = Kept(request, total);
        var chosen = new List<Record>();
        foreach (var record in records.AsEnumerable().Reverse().Where(r => Matches(r, filters, until, request.All)))
        {
            if (HasLimits(request) && total <= keep)
            {
                break;
            }

            chosen.Add(record);
            total -= record.View.Size;
        }

        long freed = await RemoveAsync(chosen, ct);
        core.Events.Publish("builder", "prune", "", new Dictionary<string, string> { ["reclaimed"] = freed.ToString(CultureInfo.InvariantCulture) });
        return new BuildPruneResult([.. chosen.Select(r => r.View.ID!)], freed);
    }

    private static bool HasLimits(BuildPruneRequest request) => request.ReservedSpace > 0 || request.MaxUsedSpace > 0 || request.MinFreeSpace > 0;

    // As BuildKit has it: down to the bound, further where the disk is short, but never below what is reserved.
    private long Kept(BuildPruneRequest request, long total)
    {
        long keep = request.MaxUsedSpace > 0 ? request.MaxUsedSpace : request.MinFreeSpace > 0 ? total : 0;
        if (request.MinFreeSpace > 0)
        {
            long free = new DriveInfo(core.Options.DataRoot).AvailableFreeSpace;
            keep = Math.Min(keep, Math.Max(0, total - Math.Max(0, request.MinFreeSpace - free)));
        }

        return Math.Max(keep, request.ReservedSpace);
    }

    private static bool Matches(Record record, FilterSet filters, DateTimeOffset? until, bool all)
    {
        var view = record.View;
        return !view.InUse && (all || !view.Shared) && (until is null || record.LastUsed <= until)
            && filters.Prefix("id", view.ID!) && filters.Exact("type", view.Type!) && filters.Pattern("description", view.Description ?? "")
            && (!filters.Has("parents") || filters.Get("parents").Any(p => view.Parents!.Contains(p)))
            && (!filters.Has("inuse") || filters.Flag("inuse", absent: false) == view.InUse)
            && (!filters.Has("shared") || filters.Flag("shared", absent: false) == view.Shared)
            && (!filters.Has("private") || filters.Flag("private", absent: false) != view.Shared);
    }

    private async Task<long> RemoveAsync(List<Record> chosen, CancellationToken ct)
    {
        await cache.ForgetAsync([.. chosen.Where(r => r.Step is not null).Select(r => r.Step!.Key)], ct);
        long freed = 0;

        // Newest first, so that children go before their parents.
        foreach (var record in chosen.Where(r => r.Step is not null).OrderByDescending(r => r.Step!.Created))
        {
            ct.ThrowIfCancellationRequested();
            freed += await RemoveImageAsync(record, ct);
        }

        freed += contexts.Remove([.. chosen.Where(r => r.Context is not null).Select(r => r.Context!)]);
        return freed + await cacheMounts.RemoveAsync([.. chosen.Where(r => r.Mount is not null).Select(r => r.Mount!.Name)]);
    }

    private async Task<long> RemoveImageAsync(Record record, CancellationToken ct)
    {
        string image = record.Step!.Image.ToString();
        if (!core.Images.TryResolve(image, out _) || IsNamed(image))
        {
            return 0;
        }

        try
        {
            await core.Images.DeleteAsync(image, force: false, prune: false, ct);
            return record.View.Size;
        }
        catch (WharfException e) when (e.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
        {
            return 0; // a container or a later image stands on it
        }
    }

    private List<Record> Records()
    {
        var steps = cache.List();
        var idOf = steps.GroupBy(s => s.Image).ToDictionary(g => g.Key, g => Id(g.First().Key.Encoded));
        var records = steps.Select(s => new Record(s.LastUsed, new BuildCache
        {
            ID = Id(s.Key.Encoded),
            Parents = idOf.TryGetValue(s.Parent, out string? parent) ? [parent] : [],
            Type = Steps,
            Description = s.Description,
            InUse = false,
            Shared = IsNamed(s.Image.ToString()),
            Size = SizeOf(s),
            CreatedAt = Time(s.Created),
            LastUsedAt = Time(s.LastUsed),
            UsageCount = s.Uses,
        }) { Step = s });
        var mounts = cacheMounts.List().Select(m => new Record(m.LastUsed, new BuildCache
        {
            ID = Id(m.Name),
            Parents = [],
            Type = Mounts,
            Description = $"cached mount with id \"{m.Id}\"",
            InUse = m.InUse,
            Shared = false,
            Size = m.Size,
            CreatedAt = Time(m.Created),
            LastUsedAt = Time(m.LastUsed),
            UsageCount = m.Uses,
        }) { Mount = m });
        var sent = contexts.List().Select(c => new Record(c.LastUsed, new BuildCache
        {
            ID = Id(c.Key),
            Parents = [],
            Type = Contexts,
            Description = "files of a build context that was sent",
            InUse = false,
            Shared = false,
            Size = c.Size,
            CreatedAt = Time(c.LastUsed),
            LastUsedAt = Time(c.LastUsed),
        }) { Context = c.Key });
        return [.. records.Concat(mounts).Concat(sent).OrderByDescending(r => r.LastUsed)];
    }

    private static string Id(string hex) => hex[..IdLength];

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private long SizeOf(BuildCacheEntry entry)
    {
        if (entry.Kind == "config" || !core.Images.TryResolve(entry.Image.ToString(), out _))
        {
            return 0;
        }

        return core.Images.Inspect(entry.Image.ToString()).Layers is { Count: > 0 } layers ? layers[^1].Size : 0;
    }

    private bool IsNamed(string image) => core.Images.TryResolve(image, out _) && core.Images.Inspect(image).RepoTags.Count > 0;

    /// <summary>One of the three is set.</summary>
    private sealed record Record(DateTimeOffset LastUsed, BuildCache View)
    {
        public BuildCacheEntry? Step { get; init; }

        public CacheMountRecord? Mount { get; init; }

        public string? Context { get; init; }
    }
}
