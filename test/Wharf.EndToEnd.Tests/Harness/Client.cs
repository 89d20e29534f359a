namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>The two clients every scenario is run with: the stock one and ours.</summary>
public enum Client
{
    Docker,
    Wharf,
}

internal static class ClientPrograms
{
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
