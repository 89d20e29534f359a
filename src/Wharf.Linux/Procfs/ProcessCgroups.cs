namespace Wharf.Linux;

/// <summary>The cgroups of a process by /proc/PID/cgroup (cgroups(7)): controllers of a v1 hierarchy to path, "" for v2.</summary>
public static class ProcessCgroups
{
    public static IReadOnlyDictionary<string, string> Of(int pid) => Parse(SmallFile.Read($"/proc/{pid}/cgroup"));

    public static IReadOnlyDictionary<string, string> Own() => Parse(SmallFile.Read("/proc/self/cgroup"));

    /// <summary>Each controller of a line gets its own entry; a named hierarchy keeps its "name=" form.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            int first = line.IndexOf(':');
            int second = first < 0 ? -1 : line[(first + 1)..].IndexOf(':');
            if (second < 0)
            {
                continue;
            }

            string path = line[(first + second + 2)..].ToString();
            foreach (string controller in line.Slice(first + 1, second).ToString().Split(','))
            {
                paths[controller] = path;
            }
        }

        return paths;
    }
}
