using Wharf.Build.Instructions;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>What a RUN asks for beyond the sandbox must have been given to the build (<c>--allow</c>).</summary>
public static class Entitlements
{
    public const string HostNetwork = "network.host", InsecureSecurity = "security.insecure", Device = "device";

    /// <exception cref="WharfException">InvalidArgument naming an entitlement that does not exist.</exception>
    public static HashSet<string> Parse(IEnumerable<string> names)
    {
        var granted = new HashSet<string>();
        foreach (string name in names)
        {
            // device=vendor/class is granted by its kind; which device is the instruction's to say.
            string kind = name.Split('=')[0];
            granted.Add(kind is HostNetwork or InsecureSecurity or Device ? kind
                : throw WharfException.Invalid($"unknown entitlement {name}: use {HostNetwork}, {InsecureSecurity} or {Device}"));
        }

        return granted;
    }

    /// <exception cref="WharfException">Forbidden naming the entitlement.</exception>
    internal static void Check(RunInstruction run, BuildRequest request)
    {
        if (run.Security == "insecure")
        {
            Require(InsecureSecurity, request, "--security=insecure");
        }

        if (run.Network == "host" && request.Network != "host")
        {
            Require(HostNetwork, request, "--network=host");
        }

        if (run.Devices.Count > 0)
        {
            Require(Device, request, "--device");
        }
    }

    private static void Require(string entitlement, BuildRequest request, string flag)
    {
        if (!request.Entitlements.Contains(entitlement))
        {
            throw Dockerfile.DockerfileError.About(
                WharfException.Forbidden($"RUN {flag} is not allowed: the build was not given the entitlement {entitlement} (--allow {entitlement})"), flag);
        }
    }
}
