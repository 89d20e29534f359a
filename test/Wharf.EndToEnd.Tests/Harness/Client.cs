namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>The two clients every scenario is run with: the stock one and ours.</summary>
public enum Client
{
    Docker,
    Wharf,
}

internal static class ClientPrograms
{
    /// <summary>Our help leaves them out, as the stock client does that has reached an engine on Linux.</summary>
    public static readonly string[] FlagsForWindows = ["cpu-count", "cpu-percent", "io-maxbandwidth", "io-maxiops"];

    private static readonly Lazy<string> Stock = new(FindStock);

    public static string Of(Client client) => client == Client.Docker ? Stock.Value : Repository.Program("wharf");

    private static string FindStock()
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin").Split(':'))
        {
            string path = Path.Combine(folder, "docker");
            if (File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true)?.Name != "wharf")
            {
                return path;
            }
        }

        Command.Run("apt-get", ["install", "-y", "-q", "--no-install-recommends", "docker.io"], timeoutSeconds: 600).Ok();
        return "/usr/bin/docker";
    }
}
