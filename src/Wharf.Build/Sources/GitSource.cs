namespace Wharf.Build.Sources;

/// <summary>Tells git repositories from other sources by the form of their address (Docker's manual, "Git repositories").</summary>
public static class GitSource
{
    public static bool IsGit(string word) =>
        word.StartsWith("git://", StringComparison.Ordinal) || word.StartsWith("git@", StringComparison.Ordinal)
        || word.StartsWith("ssh://", StringComparison.Ordinal) || word.StartsWith("github.com/", StringComparison.Ordinal)
        || ((word.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || word.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            && word.Split('#', '?')[0].EndsWith(".git", StringComparison.Ordinal));
}
