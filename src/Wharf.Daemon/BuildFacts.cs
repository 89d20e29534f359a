using System.Reflection;

namespace Wharf.Daemon;

/// <summary>Version and commit, as the build wrote them into the program.</summary>
internal static class BuildFacts
{
    // "0.1.0+<commit>": the SDK puts the commit behind the plus sign when the source is a repository.
    private static readonly string[] Informational =
        (typeof(BuildFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+', 2);

    public static string Version => Informational[0];

    public static string Commit => Informational.Length > 1 ? Informational[1][..Math.Min(7, Informational[1].Length)] : "unknown";
}
