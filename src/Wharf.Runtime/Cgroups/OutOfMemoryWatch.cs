using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Wharf.Linux;

namespace Wharf.Runtime.Cgroups;

/// <summary>
/// Tells of out-of-memory kills in a cgroup: an eventfd on memory.oom_control (v1) or inotify on memory.events (v2). Put
/// <see cref="Descriptor"/> into an event loop and call <see cref="TakeKills"/> when it is readable.
/// </summary>
public sealed class OutOfMemoryWatch : IDisposable
{
    private readonly string _counterFile;
    private readonly bool _tellsBefore;
    private long _seen;

    private OutOfMemoryWatch(SafeFileHandle descriptor, string counterFile, bool tellsBefore)
    {
        _tellsBefore = tellsBefore;
        Descriptor = descriptor;
        _counterFile = counterFile;
        _seen = Count() ?? 0;
    }

    public SafeFileHandle Descriptor { get; }

    /// <summary>Null where the memory controller is not there to be watched.</summary>
    public static OutOfMemoryWatch? Open(ContainerCgroup cgroup) =>
        cgroup.Layout.With("memory") is not { } hierarchy ? null
        : hierarchy.Unified ? OpenUnified(hierarchy.MountPoint + cgroup.Path + "/memory.events")
        : OpenLegacy(hierarchy.MountPoint + cgroup.Path);

    /// <summary>Kills since the last call; a cgroup whose processes wait for memory because it kills none (oom_kill_disable) counts as one. Drains the descriptor.</summary>
    public long TakeKills()
    {
        const int MostMilliseconds = 100;
        Span<byte> buffer = stackalloc byte[1024];
        bool told = false;
        int count;
        do
        {
            told |= FileCalls.Read(Descriptor, buffer, out count) == Errno.None && count > 0;
        }
        while (count == buffer.Length);

        long? now = Count();
        // v1 tells before it kills and counts, and does not tell again. It tells of the cgroup's removal in the same way, after which there is nothing to count.
        for (int waited = 0; told && _tellsBefore && now <= _seen && waited < MostMilliseconds; waited++)
        {
            if (Waits())
            {
                return 1;
            }

            Thread.Sleep(1);
            now = Count();
        }

        long kills = Math.Max(0, (now ?? _seen) - _seen);
        _seen += kills;
        return kills;
    }

    public void Dispose() => Descriptor.Dispose();

    private static OutOfMemoryWatch? OpenUnified(string events)
    {
        const uint IN_MODIFY = 2;
        EventCalls.Inotify(out SafeFileHandle inotify).ThrowIfError("inotify_init1");
        if (EventCalls.Watch(inotify, events, IN_MODIFY, out _) != Errno.None)
        {
            inotify.Dispose();
            return null;
        }

        return new OutOfMemoryWatch(inotify, events, tellsBefore: false);
    }

    private static OutOfMemoryWatch? OpenLegacy(string directory)
    {
        string control = directory + "/memory.oom_control";
        if (FileCalls.Open(control, OpenFlags.ReadOnly, out SafeFileHandle controlFile) != Errno.None)
        {
            controlFile.Dispose();
            return null;
        }

        using (controlFile)
        {
            EventCalls.EventDescriptor(out SafeFileHandle descriptor).ThrowIfError("eventfd");
            if (SmallFile.TryWrite(directory + "/cgroup.event_control", $"{descriptor.Number()} {controlFile.Number()}") != Errno.None)
            {
                descriptor.Dispose();
                return null;
            }

            return new OutOfMemoryWatch(descriptor, control, tellsBefore: true);
        }
    }

    private bool Waits() => SmallFile.TryRead(_counterFile, out string text) == Errno.None
        && text.Contains("oom_kill_disable 1", StringComparison.Ordinal) && text.Contains("under_oom 1", StringComparison.Ordinal);

    // Both files have a line "oom_kill N"; null when the cgroup is gone.
    private long? Count()
    {
        if (SmallFile.TryRead(_counterFile, out string text) != Errno.None)
        {
            return null;
        }

        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("oom_kill ") && long.TryParse(line[9..], NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            {
                return count;
            }
        }

        return 0;
    }
}
