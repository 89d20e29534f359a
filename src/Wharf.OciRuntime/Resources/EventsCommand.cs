using Wharf.Linux;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.Primitives;
using Wharf.Runtime.Cgroups;

namespace Wharf.OciRuntime.Resources;

/// <summary>Statistics once (--stats), or statistics and out-of-memory kills until the container ends.</summary>
internal static class EventsCommand
{
    public static readonly Command Command = new("events", "display container events such as OOM notifications, cpu, memory, and IO usage statistics",
        [new("stats", TakesValue: false), new("interval")], Run);

    private static int Run(Arguments arguments, Session session)
    {
        Container container = session.Store.Load(arguments.Operand(1, 1, "events")[0]);
        container.Require("running", "created", "paused");
        if (arguments.IsSet("stats"))
        {
            Print(session, container);
            return 0;
        }

        TimeSpan interval = Interval(arguments.Text("interval") ?? "5s");
        using OutOfMemoryWatch? watch = OutOfMemoryWatch.Open(container.Cgroup);
        while (container.IsAlive)
        {
            if (watch is not null && EventCalls.WaitReadable(watch.Descriptor, (int)interval.TotalMilliseconds))
            {
                for (long kills = watch.TakeKills(); kills > 0; kills--)
                {
                    session.Print(EventJson.OutOfMemory(container.Id));
                }

                continue;
            }

            if (watch is null)
            {
                Thread.Sleep(interval);
            }

            if (container.IsAlive)
            {
                Print(session, container);
            }
        }

        return 0;
    }

    private static void Print(Session session, Container container) => session.Print(EventJson.Statistics(container.Id, CgroupStatistics.Read(container.Cgroup)));

    // 5s, 500ms, 1m: as much of Go's durations as an interval needs
    private static TimeSpan Interval(string text)
    {
        (string number, double milliseconds) = text switch
        {
            [.. var n, 'm', 's'] => (n, 1.0),
            [.. var n, 's'] => (n, 1000.0),
            [.. var n, 'm'] => (n, 60_000.0),
            _ => ("", 0),
        };
        return double.TryParse(number, out double value) && value > 0
            ? TimeSpan.FromMilliseconds(value * milliseconds)
            : throw WharfException.Invalid($"duration interval must be greater than 0: \"{text}\"");
    }
}
