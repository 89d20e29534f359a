using Wharf.Linux;
using Wharf.Linux.Plans;

namespace Wharf.Runtime.Launch;

/// <summary>A file system made detached: fsopen(2), fsconfig(2), fsmount(2). It is nowhere in the tree until it is attached by descriptor.</summary>
internal static class FileSystemSteps
{
    private const int SetFlag = 0, SetString = 1, CommandCreate = 6;

    /// <returns>The slot with the mount's root.</returns>
    public static PlanSlot Create(PlanBuilder builder, string type, string? source, IEnumerable<(string Key, string? Value)> options, MountAttributes attributes)
    {
        SyscallPlan plan = builder.Plan;
        PlanSlot context = plan.NewSlot(), tree = plan.NewSlot();
        plan.Add("fsopen", type, Call.fsopen, plan.Text(type), 1).Save(context);
        if (!string.IsNullOrEmpty(source))
        {
            plan.Add("fsconfig", "source", Call.fsconfig, context, SetString, plan.Text("source"), plan.Text(source), 0);
        }

        foreach ((string key, string? value) in options)
        {
            plan.Add("fsconfig", key, Call.fsconfig, context, value is null ? SetFlag : SetString, plan.Text(key), plan.TextOrNull(value), 0);
        }

        plan.Add("fsconfig", "create", Call.fsconfig, context, CommandCreate, 0, 0, 0);
        plan.Add("fsmount", type, Call.fsmount, context, 1, (ulong)attributes).Save(tree);
        return tree;
    }

    /// <summary>A mount's data words as keys and values.</summary>
    public static IEnumerable<(string Key, string? Value)> Options(IEnumerable<string> words)
    {
        foreach (string word in words)
        {
            int equals = word.IndexOf('=');
            yield return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
        }
    }
}
