using System.Globalization;

namespace Wharf.Linux;

/// <summary>
/// The pages of a program's code and constants that it has touched: they count as its memory and are the last that the kernel takes from it, though each
/// is in the page cache and comes back without a read.
/// </summary>
public static class ProgramPages
{
    private const int MADV_DONTNEED = 4;

    /// <summary>Unmaps the pages of files that are mapped privately, for reading only, and unchanged (smaps in proc_pid_smaps(5)); what is used again is mapped again.</summary>
    /// <returns>Bytes that were resident and are no longer.</returns>
    public static long GiveBack()
    {
        long resident = 0;
        foreach ((nint start, nuint length, long bytes) in Unchanged(File.ReadLines("/proc/self/smaps")))
        {
            // The kernel refuses pages that are locked; those stay.
            if (SystemCall.Answer(Libc.madvise(start, length, MADV_DONTNEED)) == Errno.None)
            {
                resident += bytes;
            }
        }

        return resident;
    }

    // A page that was written to (a relocation, a breakpoint) is anonymous: the file would not bring it back, so its whole mapping is left alone.
    internal static List<(nint Start, nuint Length, long Resident)> Unchanged(IEnumerable<string> smaps)
    {
        var found = new List<(nint, nuint, long)>();
        long start = 0, end = 0, resident = 0;
        bool readsFile = false;
        foreach (string line in smaps)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [.., "kB"] && long.TryParse(words[1], CultureInfo.InvariantCulture, out long kilobytes))
            {
                if (words[0] == "Rss:")
                {
                    resident = kilobytes << 10;
                }
                else if (words[0] == "Anonymous:" && kilobytes == 0 && readsFile && resident > 0)
                {
                    found.Add(((nint)start, (nuint)(end - start), resident));
                }
            }
            else if (words is [{ } range, { } access, _, _, _, ..] && range.IndexOf('-') is > 0 and var dash)
            {
                start = long.Parse(range.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                end = long.Parse(range.AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                readsFile = access is "r-xp" or "r--p" && words is [_, _, _, _, _, ['/', ..], ..];
            }
        }

        return found;
    }
}
