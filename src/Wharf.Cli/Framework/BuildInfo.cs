using System.Reflection;

namespace Wharf.Cli.Framework;

/// <summary>What this binary is.</summary>
internal static class BuildInfo
{
    private static readonly string[] Parts =
        (typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+');

    public static string Version => Parts[0];

    /// <summary>The first seven digits of the commit, or "unknown".</summary>
    public static string Commit => Parts.Length > 1 && Parts[1].Length >= 7 ? Parts[1][..7] : "unknown";
}
