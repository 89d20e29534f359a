using System.Globalization;

namespace Wharf.Linux;

/// <summary>Fields of /proc/PID/stat (proc(5)).</summary>
/// <param name="State">One letter: R, S, D, Z, T ...</param>
/// <param name="StartTime">Clock ticks since boot; with the pid it names a process for ever.</param>
/// <param name="UserTicks">Clock ticks (100 a second) in user mode.</param>
public readonly record struct ProcessStat(int Pid, string Command, char State, int Parent, int Terminal, ulong UserTicks, ulong SystemTicks, ulong StartTime)
{
    public static bool TryRead(int pid, out ProcessStat stat)
    {
        stat = default;
        return pid > 0 && SmallFile.TryRead($"/proc/{pid}/stat", out string text) == Errno.None && TryParse(text, out stat);
    }

    // the name is in parentheses and may contain blanks and parentheses itself: the last one closes it
    internal static bool TryParse(string text, out ProcessStat stat)
    {
        stat = default;
        int open = text.IndexOf('('), close = text.LastIndexOf(')');
        if (open < 1 || close < open)
        {
            return false;
        }

        string[] fields = text[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 20 || !int.TryParse(text.AsSpan(0, open).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
        {
            return false;
        }

        // field n of the manual is fields[n - 3]
        stat = new ProcessStat(pid, text[(open + 1)..close], fields[0][0], Int(fields[1]), Int(fields[4]), Unsigned(fields[11]), Unsigned(fields[12]), Unsigned(fields[19]));
        return true;
    }

    private static int Int(string field) => int.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : 0;

    private static ulong Unsigned(string field) => ulong.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : 0;
}
