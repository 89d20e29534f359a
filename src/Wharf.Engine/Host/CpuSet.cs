using System.Globalization;

namespace Wharf.Engine.Host;

/// <summary>Lists of CPUs or memory nodes as the kernel writes them (cpuset(7), "List format"): <c>0-3,8</c>.</summary>
internal static class CpuSet
{
    // A number beyond this is a typing error, and a range up to it would fill the memory.
    private const int Largest = 8191;

    /// <summary>The numbers; null when the text is no list.</summary>
    public static HashSet<int>? Parse(string text)
    {
        var numbers = new HashSet<int>();
        foreach (string part in text.Trim().Split(','))
        {
            int dash = part.IndexOf('-');
            string low = dash < 0 ? part : part[..dash], high = dash < 0 ? part : part[(dash + 1)..];
            if (!int.TryParse(low, NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                || first > last || last > Largest)
            {
                return null;
            }

            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return numbers;
    }
}
