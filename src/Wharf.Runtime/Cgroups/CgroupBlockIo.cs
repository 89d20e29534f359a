using System.Globalization;

namespace Wharf.Runtime.Cgroups;

/// <summary>Block I/O counters: "8:0 Read 4096" lines of v1, "8:0 rbytes=4096 wbytes=0 ..." lines of v2.</summary>
internal static class CgroupBlockIo
{
    public static CgroupStatistics Legacy(CgroupStatistics s, string? directory) => s with
    {
        BlockIoBytes = ParseLegacy(CgroupFile.Text(directory, "blkio.throttle.io_service_bytes_recursive")),
        BlockIoOperations = ParseLegacy(CgroupFile.Text(directory, "blkio.throttle.io_serviced_recursive")),
    };

    public static CgroupStatistics Unified(CgroupStatistics s, string? directory)
    {
        string text = CgroupFile.Text(directory, "io.stat");
        return s with
        {
            BlockIoBytes = ParseUnified(text, "rbytes", "wbytes"),
            BlockIoOperations = ParseUnified(text, "rios", "wios"),
        };
    }

    internal static List<BlockIoCounter> ParseLegacy(string text)
    {
        var counters = new List<BlockIoCounter>();
        foreach (string line in text.Split('\n'))
        {
            // the last line, "Total n", has no device
            if (line.Split(' ') is [var device, var operation, var value] && TryDevice(device, out uint major, out uint minor))
            {
                counters.Add(new BlockIoCounter(major, minor, operation, CgroupFile.Parse(value)));
            }
        }

        return counters;
    }

    internal static List<BlockIoCounter> ParseUnified(string text, string readKey, string writeKey)
    {
        var counters = new List<BlockIoCounter>();
        foreach (string line in text.Split('\n'))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 2 || !TryDevice(fields[0], out uint major, out uint minor))
            {
                continue;
            }

            foreach (string field in fields.AsSpan(1))
            {
                string[] pair = field.Split('=');
                if (pair.Length == 2 && (pair[0] == readKey || pair[0] == writeKey))
                {
                    counters.Add(new BlockIoCounter(major, minor, pair[0] == readKey ? "Read" : "Write", CgroupFile.Parse(pair[1])));
                }
            }
        }

        return counters;
    }

    private static bool TryDevice(string text, out uint major, out uint minor)
    {
        minor = 0;
        int colon = text.IndexOf(':');
        major = 0;
        return colon > 0
            && uint.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out major)
            && uint.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out minor);
    }
}
