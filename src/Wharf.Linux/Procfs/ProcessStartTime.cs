using System.Globalization;

namespace Wharf.Linux;

/// <summary>When a process started, in clock ticks since boot (field 22 of /proc/PID/stat, proc(5)): with the pid it names one process for good.</summary>
public static class ProcessStartTime
{
    /// <returns>0 when there is no such process, or only its zombie is left.</returns>
    public static long Of(int pid) => SmallFile.TryRead($"/proc/{pid}/stat", out string text) == Errno.None ? Parse(text) : 0;

    /// <summary>Takes a stat line apart behind the program's name, which may itself hold spaces and brackets.</summary>
    public static long Parse(ReadOnlySpan<char> stat)
    {
        const int StateField = 3, StartField = 22;
        int end = stat.LastIndexOf(')');
        if (end < 0)
        {
            return 0;
        }

        int field = StateField;
        ReadOnlySpan<char> rest = stat[(end + 1)..].Trim();
        foreach (Range part in rest.Split(' '))
        {
            ReadOnlySpan<char> value = rest[part];
            if (field == StateField && value is "Z" or "X")
            {
                return 0;
            }

            if (field++ == StartField)
            {
                return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long ticks) ? ticks : 0;
            }
        }

        return 0;
    }
}
