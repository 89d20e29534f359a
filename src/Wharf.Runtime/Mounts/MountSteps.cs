using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Mounts;

/// <summary>
/// The specification's mounts. Sources are opened while the host's tree is still the same as the host sees it; mount points are opened below
/// the container's root by descriptor; the mount goes from one descriptor to the other. No path is resolved twice.
/// </summary>
internal sealed class MountSteps
{
    private const int AtCurrentDirectory = -100;

    private readonly PlanBuilder _builder;
    private readonly List<PreparedMount> _mounts = [];
    private readonly List<(string Destination, PlanSlot Tree)> _readOnlyAtLast = [];

    public MountSteps(PlanBuilder builder)
    {
        _builder = builder;
        foreach (MountSpec mount in builder.Spec.Mounts ?? [])
        {
            _mounts.Add(Prepare(mount));
        }
    }

    /// <summary>True where something of the host is bound over /dev: then its nodes are the host's, and we make none.</summary>
    public bool BindsDev => _mounts.Exists(m => m.IsBind && MountPath.Clean(m.Spec.Destination) == "/dev");

    /// <summary>Opens the sources of bind mounts as detached copies.</summary>
    public void OpenSources()
    {
        SyscallPlan plan = _builder.Plan;
        foreach (PreparedMount mount in _mounts)
        {
            if (!mount.IsBind)
            {
                continue;
            }

            plan.Context = mount.Context;
            OpenTreeFlags flags = OpenTreeFlags.Clone | OpenTreeFlags.CloseOnExec | (mount.Options.RecursiveBind ? OpenTreeFlags.Recursive : 0);
            mount.Tree = plan.NewSlot();
            plan.Add("open_tree", mount.Source, Call.open_tree, AtCurrentDirectory, plan.Text(mount.Source!), (int)flags).Save(mount.Tree);
        }

        plan.Context = null;
    }

    /// <summary>Makes and attaches every mount, in the specification's order.</summary>
    public void Attach()
    {
        foreach (PreparedMount mount in _mounts)
        {
            _builder.Plan.Context = mount.Context;
            if (mount.IsBind)
            {
                AttachBind(mount);
            }
            else if (mount.Spec.Type == "cgroup")
            {
                CgroupMountSteps.Attach(_builder, mount);
            }
            else
            {
                AttachNew(mount, mount.Spec.Type!, mount.Spec.Source);
            }
        }

        _builder.Plan.Context = null;
    }

    /// <summary>Makes read-only what is born empty and had to be filled before.</summary>
    public void Finish()
    {
        foreach ((string destination, PlanSlot tree) in _readOnlyAtLast)
        {
            _builder.SetAttributes($"{destination} read-only", tree, MountAttributes.ReadOnly, 0, 0, recursive: false);
        }
    }

    private void AttachBind(PreparedMount mount)
    {
        MountOptions options = mount.Options;
        if ((options.Set | options.Clear) != 0)
        {
            _builder.SetAttributes(null, mount.Tree, options.Set, options.Clear, 0, recursive: false);
        }

        // Unless told otherwise a bind hears of later mounts on the host but tells nothing back, as the isolation of / has it.
        MountFlags propagation = options.Propagation == MountFlags.None ? MountFlags.Slave : options.Propagation;
        bool recursive = options.Propagation == MountFlags.None || options.RecursivePropagation;
        _builder.SetAttributes(null, mount.Tree, 0, 0, propagation, recursive);
        if ((options.RecursiveSet | options.RecursiveClear) != 0)
        {
            _builder.SetAttributes(null, mount.Tree, options.RecursiveSet, options.RecursiveClear, 0, recursive: true);
        }

        PlanSlot target = OpenTarget(mount, mount.SourceIsDirectory);
        _builder.Attach(mount.Spec.Destination, mount.Tree, target);
    }

    private void AttachNew(PreparedMount mount, string type, string? source)
    {
        MountOptions options = mount.Options;
        var data = new List<(string, string?)>(FileSystemSteps.Options(options.Data));
        foreach (string flag in options.SuperFlags)
        {
            data.Add((flag, null));
        }

        if (options.IsReadOnly && !MountPath.IsKernelFileSystem(type))
        {
            data.Add(("ro", null));
        }

        if (options.CopyUp)
        {
            AttachFilled(mount, data);
            return;
        }

        MountAttributes attributes = options.Set | options.RecursiveSet;
        bool later = type == "tmpfs" && (attributes & MountAttributes.ReadOnly) != 0;
        PlanSlot tree = FileSystemSteps.Create(_builder, type, source, data, later ? attributes & ~MountAttributes.ReadOnly : attributes);
        if (later)
        {
            _readOnlyAtLast.Add((mount.Spec.Destination, tree));
        }

        if (options.Propagation is not (MountFlags.None or MountFlags.Private))
        {
            _builder.SetAttributes(null, tree, 0, 0, options.Propagation, options.RecursivePropagation);
        }

        _builder.Attach(mount.Spec.Destination, tree, OpenTarget(mount, directory: true));
    }

    private void AttachFilled(PreparedMount mount, IEnumerable<(string Key, string? Value)> data)
    {
        if (mount.Spec.Type != "tmpfs" || _builder.Request.Rootfs is not null)
        {
            throw WharfException.Invalid($"mount {mount.Spec.Destination}: option \"tmpcopyup\" goes with a tmpfs over a root that is ready before the start");
        }

        SafeFileHandle tree = FilledTmpfs.Create(RootfsSteps.Path(_builder), mount.Spec.Destination, data, mount.Options.Set | mount.Options.RecursiveSet);
        int number = _builder.Plan.Keep(tree);
        PlanSlot target = OpenTarget(mount, directory: true);
        _builder.Plan.Add("move_mount", mount.Spec.Destination, Call.move_mount, number, _builder.Empty, target, _builder.Empty, (int)(MoveMountFlags.FromEmptyPath | MoveMountFlags.ToEmptyPath));
    }

    private PlanSlot OpenTarget(PreparedMount mount, bool directory) => MountPath.OpenTarget(_builder, mount.Spec.Destination, directory);

    private PreparedMount Prepare(MountSpec mount)
    {
        MountOptions options = MountOptions.Parse(mount.Options);
        if (!mount.Destination.StartsWith('/'))
        {
            // the specification wants absolute paths, but runtimes have always taken relative ones as from the root
            mount = mount with { Destination = "/" + mount.Destination };
        }

        if (mount.UidMappings is { Count: > 0 } || mount.GidMappings is { Count: > 0 })
        {
            throw WharfException.Invalid($"mount {mount.Destination}: id-mapped mounts are not supported");
        }

        bool bind = options.Bind || mount.Type == "bind";
        if (!bind)
        {
            return string.IsNullOrEmpty(mount.Type)
                ? throw WharfException.Invalid($"mount {mount.Destination} has no type")
                : new PreparedMount(mount, options, false, mount.Source, true);
        }

        if (options.SuperFlags.Count > 0)
        {
            throw WharfException.Invalid($"mount {mount.Destination}: options for a file system do not go with a bind mount");
        }

        string source = Path.GetFullPath(mount.Source ?? throw WharfException.Invalid($"bind mount {mount.Destination} has no source"), _builder.Request.Bundle);
        Errno errno = NameCalls.Status(FileCalls.CurrentDirectory, source, AtFlags.None, out FileStatus status);
        var prepared = new PreparedMount(mount, options, true, source, status.IsDirectory);
        return errno == Errno.None ? prepared : throw errno.ToException($"{prepared.Context}: stat", source);
    }
}

/// <summary>A mount with its options sorted and its source looked at.</summary>
internal sealed class PreparedMount(MountSpec spec, MountOptions options, bool isBind, string? source, bool sourceIsDirectory)
{
    public MountSpec Spec => spec;

    public MountOptions Options => options;

    public bool IsBind => isBind;

    public string? Source => source;

    public bool SourceIsDirectory => sourceIsDirectory;

    /// <summary>The detached copy of the source.</summary>
    public PlanSlot Tree { get; set; }

    /// <summary>How errors begin, in the words of the runtimes that Docker uses.</summary>
    public string Context { get; } = $"error mounting \"{source ?? spec.Type}\" to rootfs at \"{spec.Destination}\"";
}
