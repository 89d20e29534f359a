using System.Runtime.InteropServices;
using System.Text.Json;
using Wharf.Api.Json;
using Wharf.Api.System;
using Wharf.Api.Versions;
using Wharf.Oci.Images;

namespace Wharf.Api.Server.Systems;

/// <summary>The answer of <c>GET /version</c>.</summary>
internal static class VersionReport
{
    public static SystemVersion Of(DaemonFacts daemon)
    {
        string kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        string architecture = Platform.Host.Architecture;
        var details = new Dictionary<string, string>
        {
            ["ApiVersion"] = ApiVersion.Newest.ToString(),
            ["Arch"] = architecture,
            ["BuildTime"] = daemon.BuildTime,
            ["Experimental"] = daemon.Experimental ? "true" : "false",
            ["GitCommit"] = daemon.GitCommit,
            ["GoVersion"] = RuntimeInformation.FrameworkDescription,
            ["KernelVersion"] = kernel,
            ["MinAPIVersion"] = ApiVersion.Oldest.ToString(),
            ["Os"] = "linux",
        };
        return new SystemVersion
        {
            Platform = new SystemVersionPlatform { Name = "Wharf" },
            Components =
            [
                new SystemVersionComponents
                {
                    Name = "Engine",
                    Version = daemon.Version,
                    Details = JsonSerializer.SerializeToElement(details, ApiJson.Context.DictionaryStringString),
                },
            ],
            Version = daemon.Version,
            ApiVersion = ApiVersion.Newest.ToString(),
            MinAPIVersion = ApiVersion.Oldest.ToString(),
            GitCommit = daemon.GitCommit,
            GoVersion = RuntimeInformation.FrameworkDescription,
            Os = "linux",
            Arch = architecture,
            KernelVersion = kernel,
            Experimental = daemon.Experimental,
            BuildTime = daemon.BuildTime,
        };
    }
}
