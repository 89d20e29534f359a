using Wharf.Api.Containers;

namespace Wharf.Cli.Containers.Creation;

/// <summary><c>--cap-add</c> and <c>--cap-drop</c> as they go to the engine: full names, each once, in order; what is added is not dropped.</summary>
internal static class CapabilityFlags
{
    private const string All = "ALL";
    private const string Reset = "RESET";

    public static (CommandWords? Add, CommandWords? Drop) Effective(IEnumerable<string> add, IEnumerable<string> drop)
    {
        SortedSet<string> added = Names(add);
        SortedSet<string> dropped = Names(drop);
        added.Remove(Reset);
        dropped.Remove(Reset);
        if (dropped.Contains(All))
        {
            dropped = [All];
        }

        if (added.Contains(All))
        {
            added = [All];
        }

        dropped.ExceptWith(added);
        return (added.Count == 0 ? null : [.. added], dropped.Count == 0 ? null : [.. dropped]);
    }

    private static SortedSet<string> Names(IEnumerable<string> given)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string name in given)
        {
            string upper = name.Trim().ToUpperInvariant();
            names.Add(upper is All or Reset || upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper : "CAP_" + upper);
        }

        return names;
    }
}
