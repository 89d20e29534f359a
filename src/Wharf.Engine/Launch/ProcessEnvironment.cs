namespace Wharf.Engine.Launch;

/// <summary>The environment of a container's processes: what Docker always sets, then what links bring, then the configuration's own.</summary>
internal static class ProcessEnvironment
{
    public const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static List<string> Build(string hostname, bool terminal, IEnumerable<string> links, IEnumerable<string> own, string home)
    {
        var lines = new List<string> { DefaultPath };
        if (hostname.Length > 0)
        {
            lines.Add("HOSTNAME=" + hostname);
        }

        if (terminal)
        {
            lines.Add("TERM=xterm");
        }

        lines.AddRange(links);
        Apply(lines, own);
        int given = lines.FindIndex(l => l.StartsWith("HOME=", StringComparison.Ordinal));
        if (given < 0)
        {
            lines.Add("HOME=" + home);
        }
        else if (lines[given].Length == "HOME=".Length)
        {
            // runc takes an empty one for none
            lines[given] += home;
        }

        return lines;
    }

    /// <summary>Sets each line in place of an earlier one of its name; a name without a value takes the variable away.</summary>
    public static void Apply(List<string> lines, IEnumerable<string> changes)
    {
        foreach (string change in changes)
        {
            int equals = change.IndexOf('=');
            string name = (equals < 0 ? change : change[..equals]) + "=";
            int index = lines.FindIndex(l => l.StartsWith(name, StringComparison.Ordinal));
            if (equals < 0)
            {
                if (index >= 0)
                {
                    lines.RemoveAt(index);
                }
            }
            else if (index >= 0)
            {
                lines[index] = change;
            }
            else
            {
                lines.Add(change);
            }
        }
    }
}
