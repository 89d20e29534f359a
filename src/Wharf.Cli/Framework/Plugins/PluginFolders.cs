using Wharf.Cli.Framework.Configuration;

namespace Wharf.Cli.Framework.Plugins;

/// <summary>Where plugins of the client are: programs named <c>docker-NAME</c>.</summary>
internal static class PluginFolders
{
    private const string Prefix = "docker-";

    private static readonly string[] SystemFolders =
    [
        "/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins", "/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins",
    ];

    /// <summary>The program of a plugin, or null. The first folder that has it wins.</summary>
    public static string? Find(string name, ConfigFile config) =>
        IsName(name) ? Folders(config).Select(folder => Path.Combine(folder, Prefix + name)).FirstOrDefault(IsExecutable) : null;

    /// <summary>Every plugin's name and program.</summary>
    public static IReadOnlyDictionary<string, string> All(ConfigFile config)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string folder in Folders(config).Where(Directory.Exists))
        {
            foreach (string path in Directory.EnumerateFiles(folder, Prefix + "*"))
            {
                string name = Path.GetFileName(path)[Prefix.Length..];
                if (IsName(name) && IsExecutable(path))
                {
                    found.TryAdd(name, path);
                }
            }
        }

        return found;
    }

    private static IEnumerable<string> Folders(ConfigFile config) =>
        [.. config.List("cliPluginsExtraDirs"), Path.Combine(config.Directory, "cli-plugins"), .. SystemFolders];

    // Docker's rule for names; it also keeps a word with a slash from becoming a path.
    private static bool IsName(string name) => name.Length > 0 && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
