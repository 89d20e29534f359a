namespace Wharf.Engine.Host;

/// <summary>Small files of the host that say what it is.</summary>
internal static class HostFile
{
    /// <summary>Empty when the file is not there.</summary>
    public static string FirstLine(string path) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault()?.Trim() ?? "" : "";

    /// <summary>A line <c>NAME="value"</c>, without the quotes (os-release(5)).</summary>
    public static string? Setting(string path, string name)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        string? line = File.ReadLines(path).FirstOrDefault(l => l.StartsWith(name + "=", StringComparison.Ordinal));
        return line?[(name.Length + 1)..].Trim('"', '\'');
    }
}
