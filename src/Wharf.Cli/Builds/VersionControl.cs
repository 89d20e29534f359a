using Wharf.Cli.Framework;

namespace Wharf.Cli.Builds;

/// <summary>
/// What git says of a folder that is built, for provenance: the commit and where it came from. Read from git's own files; no program is run. Off with
/// <c>BUILDX_GIT_INFO=false</c>, as with buildx.
/// </summary>
internal static class VersionControl
{
    private const int MostBytes = 1 << 20;

    /// <param name="cli">For the environment.</param>
    /// <param name="context">As given on the command line; what is no folder has nothing here.</param>
    public static SortedDictionary<string, string> Of(CliContext cli, string context)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (cli.Env("BUILDX_GIT_INFO") is "false" or "0" || !Directory.Exists(context))
        {
            return found;
        }

        try
        {
            for (string? folder = Path.GetFullPath(context); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if (Directory.Exists(Path.Combine(folder, ".git")))
                {
                    Read(Path.Combine(folder, ".git"), found);
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            found.Clear(); // a repository that cannot be read tells nothing, and keeps no build from going on
        }

        return found;
    }

    private static void Read(string git, SortedDictionary<string, string> found)
    {
        if (Revision(git) is { } revision)
        {
            found["revision"] = revision;
        }

        if (Origin(git) is { } origin)
        {
            found["source"] = origin;
        }
    }

    /// <summary>HEAD names a commit, or a branch that is a file of its own or a line among the packed ones (gitrepository-layout(5)).</summary>
    private static string? Revision(string git)
    {
        string head = Text(Path.Combine(git, "HEAD"))?.Trim() ?? "";
        if (!head.StartsWith("ref: ", StringComparison.Ordinal))
        {
            return IsCommit(head) ? head : null;
        }

        string name = head["ref: ".Length..].Trim();
        if (name.Contains("..", StringComparison.Ordinal) || name.StartsWith('/'))
        {
            return null;
        }

        string? commit = Text(Path.Combine(git, name))?.Trim()
            ?? Text(Path.Combine(git, "packed-refs"))?.Split('\n').FirstOrDefault(l => l.EndsWith(" " + name, StringComparison.Ordinal))?.Split(' ')[0];
        return commit is not null && IsCommit(commit) ? commit : null;
    }

    private static string? Origin(string git)
    {
        bool inside = false;
        foreach (string line in (Text(Path.Combine(git, "config")) ?? "").Split('\n').Select(l => l.Trim()))
        {
            if (line.StartsWith('['))
            {
                inside = line == "[remote \"origin\"]";
            }
            else if (inside && line.Split('=', 2) is [var key, var value] && key.Trim() == "url")
            {
                return WithoutPassword(value.Trim());
            }
        }

        return null;
    }

    private static string WithoutPassword(string address)
    {
        int scheme = address.IndexOf("://", StringComparison.Ordinal);
        int slash = scheme < 0 ? -1 : address.IndexOf('/', scheme + 3), at = slash < 0 ? -1 : address.LastIndexOf('@', slash);
        return at < scheme ? address : address[..(scheme + 3)] + address[(at + 1)..];
    }

    private static bool IsCommit(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    private static string? Text(string path) => File.Exists(path) && new FileInfo(path).Length <= MostBytes ? File.ReadAllText(path) : null;
}
