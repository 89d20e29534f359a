using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Wharf.Api.Containers;
using Wharf.Build.Execution;
using Wharf.Engine.Containers;
using Wharf.Engine.Devices;
using Wharf.Images;
using Wharf.Images.Containers;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>Roots for copying steps come straight from the image store; RUN steps are ordinary containers of the engine.</summary>
internal sealed class BuildWorkspaces(EngineCore core, IContainerService containers, BuildMemory memory) : IBuildWorkspaces
{
    private readonly IImageService images = core.Images;
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> secrets = core.SecretEnvironment;

    public IBuildMemory OpenMemory() => memory.Open();

    public bool HasDevice(string name) => CdiDevices.Has(name, core.Options.CdiFolders);

    public Task<IBuildWorkspace> OpenAsync(Digest image, CancellationToken ct) => OpenAsync(image, readOnly: false, ct);

    public Task<IBuildWorkspace> OpenReadOnlyAsync(Digest image, CancellationToken ct) => OpenAsync(image, readOnly: true, ct);

    public async Task<IBuildContainer> CreateContainerAsync(BuildProcess process, CancellationToken ct)
    {
        ContainerCreateResponse created = await containers.CreateAsync(Request(process), null, null, ct);
        if (process.SecretEnvironment.Count > 0)
        {
            secrets[created.Id!] = process.SecretEnvironment;
        }

        return new BuildContainer(containers, images, created.Id!, () => secrets.TryRemove(created.Id!, out _));
    }

    private async Task<IBuildWorkspace> OpenAsync(Digest image, bool readOnly, CancellationToken ct)
    {
        string id = ObjectId.New();
        await images.PrepareWorkspaceAsync(id, image, ct);
        try
        {
            return new Workspace(images, id, images.OpenContainerRootfs(id, readOnly), readOnly ? null : OpenLayer(images.ContainerRootfs(id)));
        }
        catch
        {
            await images.RemoveContainerAsync(id, CancellationToken.None);
            throw;
        }
    }

    private static SafeFileHandle? OpenLayer(ContainerRootfs rootfs)
    {
        if (rootfs.Type != "overlay")
        {
            return null;
        }

        FileCalls.Open(rootfs.Upper, OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec, out SafeFileHandle layer).ThrowIfError("open", rootfs.Upper);
        return layer;
    }

    private static ContainerCreateRequest Request(BuildProcess process) => new()
    {
        Image = process.Image.ToString(),
        Entrypoint = [.. process.Arguments],
        Env = [.. process.Environment],
        User = process.Config.User,
        WorkingDir = process.Config.WorkingDir,
        Hostname = process.Hostname,
        Healthcheck = new HealthConfig { Test = ["NONE"] },
        AttachStdout = true,
        AttachStderr = true,
        HostConfig = new HostConfig
        {
            NetworkMode = process.Network,
            Privileged = process.Privileged,
            DeviceRequests = process.Devices.Count == 0 ? null : [new DeviceRequest { Driver = "cdi", DeviceIDs = [.. process.Devices] }],
            LogConfig = new HostConfigLogConfig { Type = "none" },
            Mounts = [.. process.Mounts.Select(Mount)],
            Memory = process.Limits.Memory,
            MemorySwap = process.Limits.MemorySwap,
            CpuShares = process.Limits.CpuShares,
            CpuPeriod = process.Limits.CpuPeriod,
            CpuQuota = process.Limits.CpuQuota,
            CpusetCpus = process.Limits.CpusetCpus,
            CpusetMems = process.Limits.CpusetMems,
            CgroupParent = process.Limits.CgroupParent,
            ShmSize = process.Limits.ShmSize,
            ExtraHosts = [.. process.Limits.ExtraHosts],
            SecurityOpt = [.. process.Limits.SecurityOptions],
            Ulimits = [.. process.Limits.Ulimits.Select(u => new HostConfigUlimits { Name = u.Name, Soft = u.Soft, Hard = u.Hard })],
        },
    };

    private static MountRequest Mount(BuildMount mount) => mount.HostPath is { } path
        ? new MountRequest { Type = "bind", Source = path, Target = mount.Target, ReadOnly = mount.ReadOnly }
        : !mount.Image.IsEmpty ? new MountRequest
        {
            Type = "image",
            Source = mount.Image.ToString(),
            Target = mount.Target,
            ReadOnly = true,
            ImageOptions = mount.ImagePath.Length == 0 ? null : new MountRequestImageOptions { Subpath = mount.ImagePath },
        }
        : new MountRequest { Type = "tmpfs", Target = mount.Target, TmpfsOptions = mount.TmpfsSize > 0 ? new MountRequestTmpfsOptions { SizeBytes = mount.TmpfsSize } : null };

    private sealed class Workspace(IImageService images, string id, SafeFileHandle root, SafeFileHandle? layer) : IBuildWorkspace
    {
        public string Id => id;

        public SafeFileHandle Root => root;

        public SafeFileHandle? Layer => layer;

        public async ValueTask DisposeAsync()
        {
            layer?.Dispose();
            root.Dispose();
            await images.RemoveContainerAsync(id, CancellationToken.None);
        }
    }
}
