using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Launch;

/// <summary>linux.namespaces: what clone makes, what the child joins, and what it makes later itself.</summary>
internal static class NamespaceSteps
{
    /// <summary>Decides on every namespace of the list. Joined ones are opened here, so a path cannot change its meaning later.</summary>
    public static NamespaceChoice Choose(PlanBuilder builder)
    {
        var choice = new NamespaceChoice();
        foreach (LinuxNamespace entry in builder.Linux.Namespaces ?? [])
        {
            NamespaceKinds kind = Kind(entry.Type);
            if ((choice.Seen & kind) != 0)
            {
                throw WharfException.Invalid($"duplicate namespace {entry.Type} in the specification");
            }

            choice.Seen |= kind;
            if (string.IsNullOrEmpty(entry.Path))
            {
                choice.New |= kind;
                continue;
            }

            FileCalls.Open(entry.Path, OpenFlags.ReadOnly, out SafeFileHandle handle).ThrowIfError("open", entry.Path);
            builder.Plan.Keep(handle);
            choice.Joined.Add((kind, handle, entry.Path));
        }

        if ((choice.New & NamespaceKinds.Mount) == 0)
        {
            throw WharfException.Invalid("a container needs a mount namespace of its own");
        }

        builder.HasCgroupNamespace = (choice.Seen & NamespaceKinds.Cgroup) != 0;
        builder.HasUserNamespace = (choice.Seen & NamespaceKinds.User) != 0;
        // the cgroup namespace is made after the child has entered its cgroup: it shows as root what the process is in by then
        builder.NewNamespaces = choice.New & ~NamespaceKinds.Cgroup;
        return choice;
    }

    /// <summary>Joins what has a path, the user namespace first: it decides what may be done in the others.</summary>
    public static void Join(PlanBuilder builder, NamespaceChoice choice)
    {
        Join(builder, choice, user: true);
        Join(builder, choice, user: false);
    }

    private static void Join(PlanBuilder builder, NamespaceChoice choice, bool user)
    {
        foreach ((NamespaceKinds kind, SafeFileHandle handle, string path) in choice.Joined)
        {
            if (kind != NamespaceKinds.Pid && (kind == NamespaceKinds.User) == user)
            {
                builder.Plan.Add("setns", path, Call.setns, handle.Number(), (int)kind);
            }
        }
    }

    /// <summary>In a user namespace the ids come from its maps; until then we are nobody and may create no file.</summary>
    public static void BecomeNamespaceRoot(PlanBuilder builder)
    {
        if (builder.HasUserNamespace)
        {
            builder.Plan.Add("setresgid", "0", Call.setresgid, 0, 0, 0);
            builder.Plan.Add("setresuid", "0", Call.setresuid, 0, 0, 0);
        }
    }

    public static NamespaceKinds Kind(string type) => type switch
    {
        "mount" => NamespaceKinds.Mount,
        "pid" => NamespaceKinds.Pid,
        "network" => NamespaceKinds.Network,
        "uts" => NamespaceKinds.Uts,
        "ipc" => NamespaceKinds.Ipc,
        "user" => NamespaceKinds.User,
        "cgroup" => NamespaceKinds.Cgroup,
        // setns and vfork-style clones do not go together with time namespaces
        "time" => throw WharfException.Invalid("time namespaces are not supported"),
        _ => throw WharfException.Invalid($"unknown namespace type \"{type}\""),
    };
}

/// <summary>What <see cref="NamespaceSteps.Choose"/> found.</summary>
internal sealed class NamespaceChoice
{
    public NamespaceKinds Seen { get; set; }

    public NamespaceKinds New { get; set; }

    public List<(NamespaceKinds Kind, SafeFileHandle Handle, string Path)> Joined { get; } = [];

    /// <summary>The pid namespace to be born in; null for a new one or ours.</summary>
    public SafeFileHandle? PidNamespace => Joined.Find(j => j.Kind == NamespaceKinds.Pid).Handle;

    public bool HasOwn(NamespaceKinds kind) => (New & kind) != 0;

    public bool IsSeparate(NamespaceKinds kind) => (Seen & kind) != 0;
}
