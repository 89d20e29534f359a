namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>Debian packages that a test needs and the machine may not have.</summary>
internal static class Packages
{
    private static readonly Lock Installing = new();

    /// <summary>Installs the package that brings a program, unless the program is there.</summary>
    public static void Need(string program, string package)
    {
        lock (Installing)
        {
            if (!File.Exists(program))
            {
                Command.Run("apt-get", ["install", "-y", "-q", "--no-install-recommends", package], timeoutSeconds: 600).Ok();
            }
        }
    }
}
