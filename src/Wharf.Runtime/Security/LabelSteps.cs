using System.Text;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Security;

/// <summary>
/// process.apparmorProfile and process.selinuxLabel, written for the next execve(2) through a procfs that is attached nowhere: a fake /proc in
/// the image cannot swallow them.
/// </summary>
internal static class LabelSteps
{
    public static void Write(PlanBuilder builder, ProcessSpec process)
    {
        if (Label(process) is not { } label)
        {
            return;
        }

        SyscallPlan plan = builder.Plan;
        PlanSlot proc = PrivateProc.Open(builder);
        PlanSlot file = plan.NewSlot();
        byte[] bytes = Encoding.UTF8.GetBytes(label);
        plan.Context = "error setting the process label";
        plan.OpenInRoot("open", proc, "thread-self/attr/exec", OpenFlags.WriteOnly).Save(file);
        plan.Add("write", label, Call.write, file, plan.Bytes(bytes), bytes.Length);
        plan.Context = null;
    }

    /// <summary>For one more process of a container, before it enters the container's namespaces: through the host's procfs.</summary>
    public static void Write(SyscallPlan plan, ProcessSpec process)
    {
        const int AtCurrentDirectory = -100;
        if (Label(process) is not { } label)
        {
            return;
        }

        PlanSlot file = plan.NewSlot();
        byte[] bytes = Encoding.UTF8.GetBytes(label);
        plan.Context = "error setting the process label";
        plan.Add("open", "/proc/thread-self/attr/exec", Call.openat, AtCurrentDirectory, plan.Text("/proc/thread-self/attr/exec"), (int)(OpenFlags.WriteOnly | OpenFlags.CloseOnExec)).Save(file);
        plan.Add("write", label, Call.write, file, plan.Bytes(bytes), bytes.Length);
        plan.Context = null;
    }

    private static string? Label(ProcessSpec process) => AppArmor(process.ApparmorProfile) ?? SeLinux(process.SelinuxLabel);

    private static string? AppArmor(string? profile)
    {
        if (string.IsNullOrEmpty(profile) || profile == "unconfined")
        {
            return null;
        }

        bool enabled = SmallFile.TryRead("/sys/module/apparmor/parameters/enabled", out string state) == Errno.None && state.StartsWith('Y');
        return enabled ? $"exec {profile}" : throw WharfException.Invalid($"apparmor profile \"{profile}\" is specified, but apparmor is not enabled here");
    }

    private static string? SeLinux(string? label)
    {
        if (string.IsNullOrEmpty(label))
        {
            return null;
        }

        return Directory.Exists("/sys/fs/selinux") ? label
            : throw WharfException.Invalid("selinux label is specified in config, but selinux is disabled or not supported");
    }
}
