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

        string? path = (environment ?? []).LastOrDefault(line => line.StartsWith("PATH=", StringComparison.Ordinal))?[5..];
        if (name.Length == 0 || string.IsNullOrEmpty(path))
        {
            return [];
        }

        // an empty part means the working directory
        return [.. path.Split(':').Select(directory => directory.Length == 0 ? "./" + name : directory.TrimEnd('/') + "/" + name)];
    }
}
