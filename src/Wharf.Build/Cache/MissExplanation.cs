using Wharf.Primitives;

namespace Wharf.Build.Cache;

/// <summary>
/// Why a step was not in the cache: the remembered step that is most like it, and the first inputs in which the two differ.
/// </summary>
public sealed class MissExplanation(IBuildCache cache)
{
    private const int MaxFiles = 10, MaxCompared = 200;
    private const string NeverBuilt = "this step was never built before, or its record was pruned";

    /// <summary>The parts that say which step it is; all others are its inputs.</summary>
    private static readonly string[] Identity = ["kind", "command", "instruction", "target", "path"];

    /// <summary>One or several lines without a newline at the end.</summary>
    /// <param name="key">The step that was not found.</param>
    /// <param name="listing">Its files, for a step that copies.</param>
    public string Explain(StepKey key, byte[]? listing)
    {
        var now = StepKey.Read(key.Parts);
        string kind = Value(now, "kind");
        var best = cache.List().Where(e => e.Kind == kind).Select(e => (Entry: e, Parts: StepKey.Read(e.Parts)))
            .Select(c => (c.Entry, c.Parts, Score: Score(now, c.Parts)))
            .Where(c => c.Score > 0).OrderByDescending(c => c.Score).ThenByDescending(c => c.Entry.LastUsed).FirstOrDefault();
        return best.Entry is null ? NeverBuilt : Difference(now, best.Parts, listing);
    }

    // The same step counts most; then how many inputs agree. A step of another text on the same parent is the one that was edited.
    private static int Score(IReadOnlyList<KeyValuePair<string, string>> now, IReadOnlyList<KeyValuePair<string, string>> then)
    {
        var known = then.ToDictionary(p => p.Key, p => p.Value);
        bool same = now.Where(p => Identity.Contains(p.Key)).All(p => known.GetValueOrDefault(p.Key) == p.Value);
        bool parent = Value(now, "parent") == known.GetValueOrDefault("parent");
        return !same && !parent ? 0 : (same ? 1000 : 0) + (parent ? 100 : 0) + now.Count(p => known.GetValueOrDefault(p.Key) == p.Value);
    }

    private string Difference(IReadOnlyList<KeyValuePair<string, string>> now, IReadOnlyList<KeyValuePair<string, string>> then, byte[]? listing)
    {
        var before = then.ToDictionary(p => p.Key, p => p.Value);
        var after = now.ToDictionary(p => p.Key, p => p.Value);
        var reasons = new List<string>();
        foreach (string name in now.Select(p => p.Key).Concat(then.Select(p => p.Key)).Distinct())
        {
            string? was = before.GetValueOrDefault(name), @is = after.GetValueOrDefault(name);
            if (was != @is)
            {
                if (name is "command" or "instruction" && !IsEdited(was, @is))
                {
                    return NeverBuilt;
                }

                reasons.Add(name == "content" && was is not null ? Files(was, listing) : Reason(name, was, @is));
            }
        }

        return reasons.Count == 0 ? "the same step was built before, but its image is gone" : string.Join("; ", reasons);
    }

    private static string Reason(string name, string? was, string? @is) => name switch
    {
        "parent" => $"the image below it changed from {Short(was)} to {Short(@is)}",
        _ when name.StartsWith("argument ", StringComparison.Ordinal) => $"the build argument {name["argument ".Length..]} changed from {Shown(was)} to {Shown(@is)}",
        "command" or "instruction" => $"the instruction changed from {Shown(was)} to {Shown(@is)}",
        _ => $"{name} changed from {Shown(was)} to {Shown(@is)}",
    };

    /// <summary>Whether one text is the other after an edit, and not another instruction altogether.</summary>
    private static bool IsEdited(string? was, string? @is)
    {
        string one = Short(was ?? "", MaxCompared), other = Short(@is ?? "", MaxCompared);
        return Dockerfile.Nearness.Distance(one, other) * 2 <= Math.Max(one.Length, other.Length);
    }

    private static string Short(string text, int length) => text.Length > length ? text[..length] : text;

    private string Files(string was, byte[]? listing)
    {
        var before = ContentListing.Read(cache.Listing(was));
        var after = ContentListing.Read(listing);
        if (before.Count == 0 || after.Count == 0)
        {
            return "the copied files changed";
        }

        var changes = new List<string>();
        foreach ((string path, string state) in after)
        {
            if (!before.TryGetValue(path, out string? old))
            {
                changes.Add($"{path} was added");
            }
            else if (old != state)
            {
                changes.Add($"{path} changed");
            }
        }

        changes.AddRange(before.Keys.Where(p => !after.ContainsKey(p)).Select(p => $"{p} was removed"));
        return changes.Count == 0 ? "the order or the names of the sources changed"
            : string.Join(", ", changes.Order(StringComparer.Ordinal).Take(MaxFiles)) + (changes.Count > MaxFiles ? $" and {changes.Count - MaxFiles} more" : "");
    }

    private static string Value(IReadOnlyList<KeyValuePair<string, string>> parts, string name) => parts.FirstOrDefault(p => p.Key == name).Value ?? "";

    private static string Short(string? digest) => Digest.TryParse(digest, out var known) ? known.Short : "nothing";

    private static string Shown(string? value) => value is null ? "nothing" : value.Length > 120 ? $"\"{value[..117]}...\"" : $"\"{value}\"";
}
