using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Devices;
using Wharf.Runtime.Seccomp;
using Wharf.Runtime.Security;

namespace Wharf.Runtime.Launch;

/// <summary>Compiles one more process for a running container into a <see cref="LaunchPlan"/>.</summary>
public static class ExecCompiler
{
    /// <exception cref="WharfException">InvalidArgument, naming the member of the process that cannot be had.</exception>
    public static LaunchPlan Compile(ExecRequest request)
    {
        var plan = new SyscallPlan();
        try
        {
            return Compile(plan, request);
        }
        catch
        {
            plan.Dispose();
            throw;
        }
    }

    private static LaunchPlan Compile(SyscallPlan plan, ExecRequest request)
    {
        const int AtCurrentDirectory = -100;
        SeccompAgent? agent = SeccompAgent.Of(request.Seccomp, _ => request.State());
        var warnings = new List<string>();
        CapabilitySet own = CapabilitySet.OwnEffective;
        ContainerNamespaces namespaces = ContainerNamespaces.Of(request.ContainerPid);
        bool joinsUser = (namespaces.Foreign & NamespaceKinds.User) != 0;

        ProcessSteps.ResetSignals(plan);
        SafeFileHandle? unified = CgroupSteps.Enter(plan, request.Cgroup);
        int? ownScore = OutOfMemorySteps.SetScore(plan, request.Process, own, warnings);
        plan.Add("setsid", null, Call.setsid);
        LabelSteps.Write(plan, request.Process);
        NamespaceKinds joined = namespaces.Foreign & ~NamespaceKinds.Pid;
        if (joined != NamespaceKinds.None)
        {
            // all at once: the kernel enters the user namespace first
            plan.Add("setns", "namespaces of the container", Call.setns, request.ContainerPidFd.Number(), (int)joined);
        }

        if (joinsUser)
        {
            plan.Add("setresgid", "0", Call.setresgid, 0, 0, 0);
            plan.Add("setresuid", "0", Call.setresuid, 0, 0, 0);
        }

        PlanSlot root = plan.NewSlot();
        plan.Add("open", "/", Call.openat, AtCurrentDirectory, plan.Text("/"), (int)(OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec)).Save(root);
        SafeFileHandle? channel = null;
        PlanSlot? terminal = null;
        if (request.Process.Terminal)
        {
            channel = ConsoleSteps.Channel(plan, out int childEnd);
            terminal = ConsoleSteps.Open(plan, root, request.Process, childEnd);
        }

        var steps = new ProcessSteps
        {
            Plan = plan,
            Process = request.Process,
            Stdio = request.Stdio,
            PreservedDescriptors = request.PreservedDescriptors,
            HasUserNamespace = joinsUser,
            Filter = request.Filter ?? (request.Seccomp is { } profile ? SeccompCompiler.Compile(profile) : null),
            Warnings = warnings,
            Own = own,
        };
        steps.ChangeDirectory(root, make: false);
        steps.ConnectStdio(terminal);
        steps.Confine();
        var executable = new ExecutableSteps(plan, request.Process, program: request.Program);
        executable.Execute();
        return new LaunchPlan(plan, executable, warnings)
        {
            Cgroup = unified,
            PidNamespace = (namespaces.Foreign & NamespaceKinds.Pid) != 0 ? request.ContainerPidFd : null,
            ConsoleChannel = channel,
            OwnScore = ownScore,
            Agent = agent,
        };
    }
}
