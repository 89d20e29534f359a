namespace Wharf.Cli.Framework;

/// <summary>What this binary is. The texts are written by the build (BuildText): asking an attribute would cost every start a millisecond.</summary>
internal static class BuildInfo
{
    private const int ShortCommit = 7;

    public static string Version { get; } = BuildText.Informational.Split('+')[0];

    /// <summary>The first seven digits of the commit, or "unknown".</summary>
    public static string Commit { get; } =
        BuildText.Informational.Split('+') is [_, { Length: >= ShortCommit } commit] ? commit[..ShortCommit] : "unknown";
}
