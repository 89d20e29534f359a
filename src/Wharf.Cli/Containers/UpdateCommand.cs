using Wharf.Api.Containers;
using Wharf.Cli.Containers.Creation;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Containers;

internal static class UpdateCommand
{
    public static Command Definition => new("update", "Update configuration of one or more containers")
    {
        Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
        Aliases = ["container update", "update"],
        Arity = Arity.AtLeast(1),
        Flags =
        [
            new("blkio-weight", FlagKind.Uint16, "Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)"),
            new("cpu-period", FlagKind.Int, "Limit CPU CFS (Completely Fair Scheduler) period"),
            new("cpu-quota", FlagKind.Int, "Limit CPU CFS (Completely Fair Scheduler) quota"),
            new("cpu-rt-period", FlagKind.Int, "Limit the CPU real-time period in microseconds"),
            new("cpu-rt-runtime", FlagKind.Int, "Limit the CPU real-time runtime in microseconds"),
            new("cpu-shares", 'c', FlagKind.Int, "CPU shares (relative weight)"),
            new("cpus", FlagKind.Decimal, "Number of CPUs"),
            new("cpuset-cpus", FlagKind.String, "CPUs in which to allow execution (0-3, 0,1)"),
            new("cpuset-mems", FlagKind.String, "MEMs in which to allow execution (0-3, 0,1)"),
            new("memory", 'm', FlagKind.Bytes, "Memory limit"),
            new("memory-reservation", FlagKind.Bytes, "Memory soft limit"),
            new("memory-swap", FlagKind.SwapBytes, "Swap limit equal to memory plus swap: -1 to enable unlimited swap"),
            new("pids-limit", FlagKind.Int, "Tune container pids limit (set -1 for unlimited)"),
            new("restart", FlagKind.String, "Restart policy to apply when a container exits"),
        ],
        Complete = Completion.AllContainers,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        if (!Definition.Flags.Any(f => call.IsSet(f.Name)))
        {
            throw new CommandException("you must provide one or more flags when using this command");
        }

        long? Number(string flag) => call.IsSet(flag) ? call.Int(flag) : null;
        var request = new ContainerUpdateRequest
        {
            BlkioWeight = Number("blkio-weight"),
            CpuShares = Number("cpu-shares"),
            Memory = Number("memory"),
            MemoryReservation = Number("memory-reservation"),
            MemorySwap = Number("memory-swap"),
            CpuPeriod = Number("cpu-period"),
            CpuQuota = Number("cpu-quota"),
            CpuRealtimePeriod = Number("cpu-rt-period"),
            CpuRealtimeRuntime = Number("cpu-rt-runtime"),
            CpusetCpus = call.IsSet("cpuset-cpus") ? call.String("cpuset-cpus") : null,
            CpusetMems = call.IsSet("cpuset-mems") ? call.String("cpuset-mems") : null,
            NanoCpus = Number("cpus"),
            PidsLimit = Number("pids-limit"),
            RestartPolicy = call.IsSet("restart") ? RestartPolicies.Parse(call.String("restart")) : null,
        };
        var warnings = new List<string>();
        int code = await Each.RunAsync(call, async name => warnings.AddRange((await call.Cli.Client.UpdateContainerAsync(name, request, ct)).Warnings ?? []));
        foreach (string warning in warnings)
        {
            call.Cli.Out.WriteLine(warning);
        }

        return code;
    }
}
