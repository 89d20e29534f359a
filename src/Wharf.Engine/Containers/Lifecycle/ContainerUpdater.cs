using Wharf.Api.Containers;
using Wharf.Engine.Containers.Creation;
using Wharf.Engine.Containers.Naming;
using Wharf.Engine.Host;
using Wharf.Engine.Launch;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>Changes containers that exist: their name, their limits, their restart policy.</summary>
internal sealed class ContainerUpdater(EngineCore core, KernelSupport kernel)
{
    public async Task RenameAsync(Container container, string newName, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(newName))
        {
            throw WharfException.Invalid("Neither old nor new names may be empty");
        }

        string oldName;
        using (await container.EnterAsync(ct))
        {
            ContainerRecord before = container.Current;
            oldName = before.Name;
            string name = ContainerName.Parse(newName);
            if (name == oldName)
            {
                throw WharfException.Invalid("Renaming a container with the same name as its current name");
            }

            try
            {
                core.Containers.Claim(name, before.Id);
            }
            catch (WharfException e)
            {
                throw ContainerErrors.Prefixed("Error when allocating new name", e);
            }

            ContainerRecord record = before with { Definition = before.Definition with { Name = name } };
            try
            {
                await core.Store.UpdateDefinitionAsync(record);
            }
            catch
            {
                core.Containers.Unclaim(name, before.Id);
                throw;
            }

            if (before.Sandbox is not null && await core.Networks.RenameAsync(before.Id, name, ct) is { } sandbox)
            {
                record = record with { Sandbox = sandbox };
            }

            container.Swap(record);
            core.Containers.Unclaim(oldName, before.Id);
        }

        core.Events.Raise(container.Current, "rename", ("oldName", "/" + oldName));
    }

    public async Task<ContainerUpdateResponse> UpdateAsync(Container container, ContainerUpdateRequest request, CancellationToken ct)
    {
        var warnings = new List<string>();
        using (await container.EnterAsync(ct))
        {
            ContainerRecord before = container.Current;
            if (before.State.Status is RunStatus.Removing or RunStatus.Dead)
            {
                throw WharfException.Conflict($"cannot update container {before.Id}: container is marked for removal and cannot be \"update\"");
            }

            if (before.HostConfig.AutoRemove && !RestartRules.IsNone(request.RestartPolicy))
            {
                throw WharfException.Invalid("Restart policy cannot be updated because AutoRemove is enabled for the container");
            }

            RestartRules.Check(request.RestartPolicy);
            HostConfig host = Merge(before.HostConfig, request);
            ResourceRules.Check(host, kernel, update: true, warnings);
            if (container.Run is { } run)
            {
                LinuxResources resources = ResourceSpec.Of(host, devices: null);
                await run.Shim.UpdateAsync(host.PidsLimit == 0 ? resources with { Pids = new LinuxPids { Limit = -1 } } : resources, ct);
            }

            ContainerRecord record = before with { Definition = before.Definition with { HostConfig = host } };
            await core.Store.UpdateDefinitionAsync(record);
            container.Swap(record);
        }

        core.Events.Raise(container.Current, "update");
        return new ContainerUpdateResponse { Warnings = warnings };
    }

    /// <summary>Removes a link by its name below the container that has it: <c>/parent/alias</c>.</summary>
    public async Task RemoveLinkAsync(string name, CancellationToken ct)
    {
        string[] parts = name.Trim('/').Split('/');
        if (parts is not [var parent, var alias])
        {
            throw WharfException.Invalid($"Conflict, cannot remove the default link name of the container: {name}");
        }

        Container container = core.Containers.Get(parent);
        using (await container.EnterAsync(ct))
        {
            ContainerRecord before = container.Current;
            List<string> links = [.. before.HostConfig.Links ?? []];
            if (links.RemoveAll(l => l.EndsWith(":" + alias, StringComparison.Ordinal) || l == alias) == 0)
            {
                throw WharfException.NotFound($"No such link: {name}");
            }

            ContainerRecord record = before with { Definition = before.Definition with { HostConfig = before.HostConfig.With(host => host.Links = links) } };
            await core.Store.UpdateDefinitionAsync(record);
            container.Swap(record);
            if (record.Sandbox is not null && await core.Networks.UnlinkAsync(container.Id, alias, ct) is { } sandbox)
            {
                container.Swap(record with { Sandbox = sandbox });
                await core.Store.UpdateStateAsync(container.Current);
            }
        }
    }

    private static HostConfig Merge(HostConfig host, ContainerUpdateRequest request)
    {
        if (request.NanoCpus is > 0 && (host.CpuPeriod != 0 || host.CpuQuota != 0))
        {
            throw WharfException.Conflict("Conflicting options: Nano CPUs cannot be updated as " + (host.CpuPeriod != 0 ? "CPU Period" : "CPU Quota") + " has already been set");
        }

        if ((request.CpuPeriod is > 0 || request.CpuQuota is > 0) && host.NanoCpus > 0)
        {
            throw WharfException.Conflict("Conflicting options: CPU " + (request.CpuPeriod is > 0 ? "Period" : "Quota") + " cannot be updated as NanoCPUs has already been set");
        }

        long memory = NonZero(request.Memory, host.Memory), swap = NonZero(request.MemorySwap, host.MemorySwap);
        if (request.Memory is > 0 && request.MemorySwap is null or 0)
        {
            if (host.MemorySwap > 0 && memory > host.MemorySwap)
            {
                throw WharfException.Conflict("Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time");
            }

            swap = host.MemorySwap == 0 ? memory * 2 : host.MemorySwap;
        }

        return host.With(h =>
        {
            h.CpuShares = NonZero(request.CpuShares, host.CpuShares);
            h.Memory = memory;
            h.MemorySwap = swap;
            h.MemoryReservation = NonZero(request.MemoryReservation, host.MemoryReservation);
            h.BlkioWeight = NonZero(request.BlkioWeight, host.BlkioWeight);
            h.BlkioWeightDevice = request.BlkioWeightDevice ?? host.BlkioWeightDevice;
            h.BlkioDeviceReadBps = request.BlkioDeviceReadBps ?? host.BlkioDeviceReadBps;
            h.BlkioDeviceWriteBps = request.BlkioDeviceWriteBps ?? host.BlkioDeviceWriteBps;
            h.BlkioDeviceReadIOps = request.BlkioDeviceReadIOps ?? host.BlkioDeviceReadIOps;
            h.BlkioDeviceWriteIOps = request.BlkioDeviceWriteIOps ?? host.BlkioDeviceWriteIOps;
            h.CpuPeriod = NonZero(request.CpuPeriod, host.CpuPeriod);
            h.CpuQuota = NonZero(request.CpuQuota, host.CpuQuota);
            h.CpuRealtimePeriod = NonZero(request.CpuRealtimePeriod, host.CpuRealtimePeriod);
            h.CpuRealtimeRuntime = NonZero(request.CpuRealtimeRuntime, host.CpuRealtimeRuntime);
            h.CpusetCpus = string.IsNullOrEmpty(request.CpusetCpus) ? host.CpusetCpus : request.CpusetCpus;
            h.CpusetMems = string.IsNullOrEmpty(request.CpusetMems) ? host.CpusetMems : request.CpusetMems;
            h.NanoCpus = NonZero(request.NanoCpus, host.NanoCpus);
            h.PidsLimit = request.PidsLimit ?? host.PidsLimit;
            h.RestartPolicy = string.IsNullOrEmpty(request.RestartPolicy?.Name) ? host.RestartPolicy : request.RestartPolicy;
        });
    }

    private static long NonZero(long? wanted, long present) => wanted is null or 0 ? present : wanted.Value;
}
