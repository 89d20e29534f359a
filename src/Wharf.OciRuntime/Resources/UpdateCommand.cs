using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.Primitives;

namespace Wharf.OciRuntime.Resources;

/// <summary>New limits for a container, from a file (or stdin) or from flags.</summary>
internal static class UpdateCommand
{
    private static readonly Option[] Flags =
    [
        new("resources", 'r'), new("blkio-weight"), new("cpu-period"), new("cpu-quota"), new("cpu-burst"), new("cpu-share"), new("cpu-rt-period"), new("cpu-rt-runtime"),
        new("cpu-idle"), new("cpuset-cpus"), new("cpuset-mems"), new("memory"), new("memory-reservation"), new("memory-swap"), new("pids-limit"),
    ];

    public static readonly Command Command = new("update", "update container resource constraints", Flags, (arguments, session) =>
    {
        Container container = session.Store.Load(arguments.Operand(1, 1, "update")[0]);
        container.Require("running", "created", "paused");
        LinuxResources resources = arguments.Text("resources") is { } file ? Read(file) : FromFlags(arguments);
        var warnings = new List<string>();
        container.Cgroup.Apply(resources, warnings);
        session.Warn(warnings);
        return 0;
    });

    private static LinuxResources Read(string file)
    {
        try
        {
            return RuntimeSpecReader.ReadResources(System.Text.Encoding.UTF8.GetBytes(SmallFile.Read(file == "-" ? "/proc/self/fd/0" : file)));
        }
        catch (WharfException e)
        {
            throw WharfException.Invalid($"resources: {e.Message}", e);
        }
    }

    // a size such as 50m; -1 takes the limit away
    private static long? Bytes(Arguments arguments, string flag)
    {
        try
        {
            return arguments.Text(flag) switch { null => null, "-1" => -1, var text => ByteSize.Parse(text) };
        }
        catch (FormatException e)
        {
            throw WharfException.Invalid($"invalid value for {flag}: {e.Message}", e);
        }
    }

    private static LinuxResources FromFlags(Arguments arguments) => new()
    {
        Memory = new LinuxMemory
        {
            Limit = Bytes(arguments, "memory"),
            Reservation = Bytes(arguments, "memory-reservation"),
            Swap = Bytes(arguments, "memory-swap"),
        },
        Cpu = new LinuxCpu
        {
            Shares = (ulong?)arguments.Number("cpu-share"),
            Quota = arguments.Number("cpu-quota"),
            Period = (ulong?)arguments.Number("cpu-period"),
            Burst = (ulong?)arguments.Number("cpu-burst"),
            RealtimePeriod = (ulong?)arguments.Number("cpu-rt-period"),
            RealtimeRuntime = arguments.Number("cpu-rt-runtime"),
            Idle = arguments.Number("cpu-idle"),
            Cpus = arguments.Text("cpuset-cpus"),
            Mems = arguments.Text("cpuset-mems"),
        },
        Pids = arguments.Number("pids-limit") is { } limit ? new LinuxPids { Limit = limit } : null,
        BlockIo = arguments.Number("blkio-weight") is { } weight ? new LinuxBlockIo { Weight = (ushort)weight } : null,
    };
}
