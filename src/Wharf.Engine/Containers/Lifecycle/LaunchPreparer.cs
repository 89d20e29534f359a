using Microsoft.Win32.SafeHandles;
using Wharf.Api.Containers;
using Wharf.Engine.Launch;
using Wharf.Engine.Logs;
using Wharf.Images.Containers;
using Wharf.Network.Sandboxes;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>Collects what a start needs and makes the shim's task of it. What it takes for the run, <see cref="ReleaseAsync"/> gives back.</summary>
internal sealed class LaunchPreparer(EngineCore core, UserCache users, SpecBuilder specs, HostMounts hostMounts)
{
    public async Task<ShimTask> PrepareAsync(Container container, Sandbox? sandbox)
    {
        ContainerRecord record = container.Current;
        HostConfig host = record.HostConfig;
        ContainerRootfs rootfs = core.Images.ContainerRootfs(record.Id);
        ResolvedUser user = users.ForStart(container);
        Dictionary<string, MountSpec> sources = await SourcesAsync(record);
        var facts = new LaunchFacts
        {
            User = user,
            Namespaces = NamespaceList.Of(host, NetworkPath(record, sandbox), core.Containers),
            Mounts = MountList.Of(record, sources, FilesDirectory(record), SharedMemory(record)),
            LinkEnvironment = LinkEnvironment.Of(record, core.Containers),
            SecretEnvironment = core.SecretEnvironment.GetValueOrDefault(record.Id) ?? [],
        };
        (string? runtime, IReadOnlyList<string> arguments) = Runtime(host);
        RuntimeSpec spec = specs.Build(record, facts);
        return new ShimTask
        {
            ContainerId = record.Id,
            Spec = spec,
            Rootfs = Rootfs(container, rootfs),
            OpenStdin = record.Config.OpenStdin,
            StdinOnce = record.Config.StdinOnce,
            Log = LogSettings.ForShim(record, core.ContainerDirectory(record.Id)),
            RuntimePath = runtime,
            RuntimeArguments = arguments,
            // other runtimes and hooks read the specification there
            BundlePath = runtime is null && spec.Hooks is null ? null : Path.Combine(core.Options.ExecRoot, "bundles", record.Id),
            Init = host.Init ?? core.Options.Init,
        };
    }

    /// <summary>Gives back volumes' mounts and the mounts on the host. Never throws: nobody could do anything with it.</summary>
    public async Task ReleaseAsync(ContainerRecord record)
    {
        try
        {
            foreach (ContainerMount mount in record.Definition.Mounts)
            {
                if (mount.Type == "volume" && await core.Volumes.UnmountAsync(mount.Name, record.Id, CancellationToken.None))
                {
                    RaiseVolume("unmount", mount, record, []);
                }
            }

            hostMounts.Remove(record.Id);
        }
        catch (Exception e)
        {
            core.Log.Error($"cannot release the mounts of container {record.Id}", e);
        }
    }

    private void RaiseVolume(string action, ContainerMount mount, ContainerRecord record, ReadOnlySpan<KeyValuePair<string, string>> more)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["driver"] = mount.Driver.Length == 0 ? "local" : mount.Driver,
            ["container"] = record.Id,
        };
        foreach ((string name, string value) in more)
        {
            attributes[name] = value;
        }

        core.Events.Publish("volume", action, mount.Name, attributes);
    }

    private async Task<Dictionary<string, MountSpec>> SourcesAsync(ContainerRecord record)
    {
        var sources = new Dictionary<string, MountSpec>(StringComparer.Ordinal);
        int index = 0;
        foreach (ContainerMount mount in record.Definition.Mounts)
        {
            switch (mount.Type)
            {
                case "volume":
                    string path = await core.Volumes.MountAsync(mount.Name, record.Id, CancellationToken.None);
                    path = mount.Subpath.Length == 0 ? path : hostMounts.Subpath(record.Id, index++, path, mount.Subpath);
                    sources[mount.Destination] = new MountSpec { Destination = mount.Destination, Source = path };
                    RaiseVolume("mount", mount, record,
                    [
                        new("destination", mount.Destination), new("read/write", mount.ReadOnly ? "false" : "true"), new("propagation", mount.Propagation),
                    ]);
                    break;
                case "image":
                    sources[mount.Destination] = ImageMount(record, mount, index++);
                    break;
                case "bind":
                    CheckBind(mount);
                    break;
                default:
                    break;
            }
        }

        return sources;
    }

    // The image's layers with an upper directory of their own that stays empty, mounted on the host: a part of it can be bound from there.
    private MountSpec ImageMount(ContainerRecord record, ContainerMount mount, int index)
    {
        string path;
        using (SafeFileHandle tree = core.Images.OpenContainerRootfs(mount.LayerId, readOnly: true))
        {
            path = hostMounts.Image(record.Id, index, tree);
        }

        path = mount.Subpath.Length == 0 ? path : hostMounts.Subpath(record.Id, index, path, mount.Subpath);
        return new MountSpec { Destination = mount.Destination, Type = "bind", Source = path, Options = ["rbind", "rprivate", "ro"] };
    }

    private static void CheckBind(ContainerMount mount)
    {
        if (Path.Exists(mount.Source))
        {
            return;
        }

        if (!mount.CreateSource)
        {
            throw Mounts.MountErrors.InvalidConfig("bind", $"bind source path does not exist: {mount.Source}");
        }

        try
        {
            Directory.CreateDirectory(mount.Source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WharfException.Internal($"error while creating mount source path '{mount.Source}': mkdir {mount.Source}: {e.Message}", e);
        }
    }

    private string? NetworkPath(ContainerRecord record, Sandbox? sandbox)
    {
        if (sandbox is not null)
        {
            return sandbox.Key;
        }

        string mode = record.HostConfig.NetworkMode!;
        if (core.Containers.TryGet(mode["container:".Length..])?.Id == record.Id)
        {
            throw WharfException.Invalid("cannot join own network namespace");
        }

        ContainerRecord target = NamespaceList.Target(mode, core.Containers);
        return target.Sandbox?.Key ?? $"/proc/{target.State.Pid}/ns/net";
    }

    private string FilesDirectory(ContainerRecord record) => NamespaceList.IsShared(record.HostConfig.NetworkMode)
        ? FilesDirectory(NamespaceList.Target(record.HostConfig.NetworkMode!, core.Containers))
        : core.ContainerDirectory(record.Id);

    private string? SharedMemory(ContainerRecord record) => record.HostConfig.IpcMode switch
    {
        "host" => "/dev/shm",
        "shareable" => hostMounts.SharedMemory(record.Id, record.HostConfig.ShmSize),
        { } mode when NamespaceList.IsShared(mode) => hostMounts.FindSharedMemory(NamespaceList.Target(mode, core.Containers).Id)
            ?? throw WharfException.Conflict($"cannot join IPC namespace of container {mode["container:".Length..]}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)"),
        _ => null,
    };

    private (string? Path, IReadOnlyList<string> Arguments) Runtime(HostConfig host)
    {
        if (host.Runtime is { } name && core.Options.Runtimes.TryGetValue(name, out RuntimeProgram? program))
        {
            return (program.Path, program.Arguments);
        }

        return (null, []);
    }

    private static RootfsMount Rootfs(Container container, ContainerRootfs rootfs)
    {
        // Overlay's volatile mode leaves a mark that forbids a second mount of the upper directory: only for files that die with their first run.
        bool first = container.Current.State.StartedAt is null;
        if (!first && container.Current.HostConfig.AutoRemove && rootfs.Work is not null)
        {
            string mark = Path.Combine(rootfs.Work, "work", "incompat");
            if (Directory.Exists(mark))
            {
                Directory.Delete(mark, recursive: true);
            }
        }

        return new RootfsMount
        {
            Type = rootfs.Type,
            Lower = rootfs.Lower,
            Upper = rootfs.Upper,
            Work = rootfs.Work,
            Volatile = first && container.Current.HostConfig.AutoRemove,
            ReadOnly = container.Current.HostConfig.ReadonlyRootfs,
        };
    }
}
