using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Devices;
using Wharf.Runtime.Mounts;
using Wharf.Runtime.Seccomp;
using Wharf.Runtime.Security;

namespace Wharf.Runtime.Launch;

/// <summary>
/// Compiles a container's specification into a <see cref="LaunchPlan"/>. The order of the steps is the order the kernel demands; each
/// part of the specification has its own file of steps.
/// </summary>
public static class SpecCompiler
{
    /// <exception cref="WharfException">InvalidArgument, naming the member of the specification that cannot be had.</exception>
    public static LaunchPlan Compile(LaunchRequest request)
    {
        var builder = new PlanBuilder(request);
        try
        {
            return Compile(builder);
        }
        catch
        {
            builder.Plan.Dispose();
            throw;
        }
    }

    private static LaunchPlan Compile(PlanBuilder builder)
    {
        LaunchRequest request = builder.Request;
        SyscallPlan plan = builder.Plan;
        ProcessSpec process = request.Spec.Process ?? throw WharfException.Invalid("the specification has no process");
        UnsupportedMembers.Refuse(builder.Linux);
        SeccompAgent? agent = SeccompAgent.Of(builder.Linux.Seccomp, pid => Creating(request, pid));
        NamespaceChoice namespaces = NamespaceSteps.Choose(builder);
        var mounts = new MountSteps(builder);
        bool newUserNamespace = namespaces.HasOwn(NamespaceKinds.User);

        ProcessSteps.ResetSignals(plan);
        if (newUserNamespace || request.NamespacesReady is not null)
        {
            plan.Meet("wait for id maps and hooks", LaunchPoint.NamespacesReady);
        }

        SafeFileHandle? unified = CgroupSteps.Enter(builder, namespaces);
        int? ownScore = OutOfMemorySteps.SetScore(builder, process);
        plan.Add("setsid", null, Call.setsid);
        if (!request.NoNewKeyring)
        {
            KeyringSteps.Join(builder);
        }

        NamespaceSteps.Join(builder, namespaces);
        plan.Add("umask", "0", Call.umask, 0);
        mounts.OpenSources();
        RootfsSteps.Isolate(builder);
        RootfsSteps.Mount(builder);
        NamespaceSteps.BecomeNamespaceRoot(builder);
        mounts.Attach();
        if (!mounts.BindsDev)
        {
            DeviceSteps.Make(builder);
        }

        if (request.RootfsReady is not null)
        {
            plan.Meet("wait for hooks", LaunchPoint.RootfsReady);
        }

        SafeFileHandle? channel = null;
        PlanSlot? terminal = null;
        if (process.Terminal)
        {
            channel = ConsoleSteps.Channel(plan, out int childEnd);
            terminal = ConsoleSteps.Open(plan, builder.Root, process, childEnd);
            ConsoleSteps.BindConsole(builder, terminal.Value);
        }

        HostNameSteps.Set(builder, namespaces);
        SysctlSteps.Write(builder, namespaces);
        LabelSteps.Write(builder, process);
        mounts.Finish();
        MaskSteps.MakeReadOnly(builder);
        MaskSteps.Mask(builder);
        var steps = new ProcessSteps
        {
            Plan = plan,
            Process = process,
            Stdio = request.Stdio,
            PreservedDescriptors = request.PreservedDescriptors,
            HasUserNamespace = builder.HasUserNamespace,
            Filter = request.Filter ?? (builder.Linux.Seccomp is { } profile ? SeccompCompiler.Compile(profile) : null),
            Warnings = builder.Warnings,
            Own = builder.Own,
        };
        PersonalitySteps.Set(builder);
        RootfsSteps.Enter(builder);
        PlanSlot root = OpenRoot(plan);
        steps.ChangeDirectory(root);
        RootfsSteps.MakeReadOnly(builder);
        steps.ConnectStdio(terminal);
        if (request.StartGate is not null)
        {
            steps.DropInherited();
        }

        steps.Confine();
        ExecutableSteps executable = Executable(builder, process);
        return new LaunchPlan(plan, executable, builder.Warnings)
        {
            Namespaces = builder.NewNamespaces,
            Cgroup = unified,
            PidNamespace = namespaces.PidNamespace,
            ConsoleChannel = channel,
            UidMappings = newUserNamespace ? builder.Linux.UidMappings ?? [] : null,
            GidMappings = newUserNamespace ? builder.Linux.GidMappings ?? [] : null,
            NamespacesReady = request.NamespacesReady,
            RootfsReady = request.RootfsReady,
            OwnScore = ownScore,
            Agent = agent,
        };
    }

    private static ContainerState Creating(LaunchRequest request, int pid) => new()
    {
        Id = request.ContainerId,
        Status = "creating",
        Pid = pid,
        Bundle = request.Bundle,
        Annotations = request.Spec.Annotations,
    };

    private static PlanSlot OpenRoot(SyscallPlan plan)
    {
        const int AtCurrentDirectory = -100;
        PlanSlot root = plan.NewSlot();
        plan.Add("open", "/", Call.openat, AtCurrentDirectory, plan.Text("/"), (int)(OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec)).Save(root);
        return root;
    }

    private static ExecutableSteps Executable(PlanBuilder builder, ProcessSpec process)
    {
        SyscallPlan plan = builder.Plan;
        var executable = new ExecutableSteps(plan, process, builder.Request.Init);
        if (builder.Request.StartGate is not { } gate)
        {
            executable.Execute();
            return executable;
        }

        executable.Check();
        plan.Announce("created", LaunchPoint.Created);
        plan.Add("read", "start gate", Call.read, gate.Number(), plan.Zeroed(8), 1);
        executable.ExecuteWithoutAudience();
        return executable;
    }
}
