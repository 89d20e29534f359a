namespace Wharf.Runtime.Launch;

/// <summary>Where a program named without a slash may be (execvp(3)).</summary>
internal static class ExecutablePath
{
    /// <summary>The name itself if it has a slash; otherwise the name below each directory of the process's own PATH.</summary>
    public static string[] Candidates(string name, IReadOnlyList<string>? environment)
    {
        if (name.Contains('/'))
        {
            return [name];
        }

        string? path = null;
        foreach (string line in environment ?? [])
        {
            path = line.StartsWith("PATH=", StringComparison.Ordinal) ? line[5..] : path;
        }

        if (name.Length == 0 || string.IsNullOrEmpty(path))
        {
            return [];
        }

        // an empty part means the working directory
        return Array.ConvertAll(path.Split(':'), directory => directory.Length == 0 ? "./" + name : directory.TrimEnd('/') + "/" + name);
    }
}
