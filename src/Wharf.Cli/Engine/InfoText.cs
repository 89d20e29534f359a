using System.Globalization;
using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Output;

namespace Wharf.Cli.Engine;

/// <summary>The server's half of <c>info</c>, line for line as Docker prints it.</summary>
internal static class InfoText
{
    public static void Append(StringBuilder page, JsonElement info)
    {
        Line(page, $" Containers: {info.Number("Containers")}");
        Line(page, $"  Running: {info.Number("ContainersRunning")}");
        Line(page, $"  Paused: {info.Number("ContainersPaused")}");
        Line(page, $"  Stopped: {info.Number("ContainersStopped")}");
        Line(page, $" Images: {info.Number("Images")}");
        Named(page, " Server Version", info.Text("ServerVersion"));
        Named(page, " Storage Driver", info.Text("Driver"));
        AppendPairs(page, info, "DriverStatus");
        if (info.Items("SystemStatus").Any())
        {
            AppendPairs(page, info, "SystemStatus");
        }

        Named(page, " Logging Driver", info.Text("LoggingDriver"));
        Named(page, " Cgroup Driver", info.Text("CgroupDriver"));
        Named(page, " Cgroup Version", info.Text("CgroupVersion"));
        AppendPlugins(page, info);
        AppendCdi(page, info);
        AppendSwarm(page, info);
        AppendRuntimes(page, info);
        AppendSecurity(page, info);
        AppendHost(page, info);
        AppendRegistries(page, info);
        Line(page, $" Live Restore Enabled: {Bool(info, "LiveRestoreEnabled")}");
        Named(page, " Product License", info.Text("ProductLicense"));
        AppendAddressPools(page, info);
        foreach (JsonElement back in info.Member("FirewallBackend") is { } firewall ? [firewall] : Array.Empty<JsonElement>())
        {
            Named(page, " Firewall Backend", back.Text("Driver"));
        }
    }

    private static void AppendPairs(StringBuilder page, JsonElement info, string name)
    {
        foreach (JsonElement pair in info.Items(name))
        {
            List<string> texts = [.. pair.EnumerateArray().Select(e => e.GetString() ?? "")];
            if (texts.Count == 2)
            {
                Line(page, $"  {texts[0]}: {texts[1]}");
            }
        }
    }

    private static void AppendPlugins(StringBuilder page, JsonElement info)
    {
        Line(page, " Plugins:");
        JsonElement plugins = info.Member("Plugins") ?? default;
        Line(page, $"  Volume: {string.Join(' ', plugins.Texts("Volume"))}");
        Line(page, $"  Network: {string.Join(' ', plugins.Texts("Network"))}");
        List<string> authorization = [.. plugins.Texts("Authorization")];
        if (authorization.Count > 0)
        {
            Line(page, $"  Authorization: {string.Join(' ', authorization)}");
        }

        Line(page, $"  Log: {string.Join(' ', plugins.Texts("Log"))}");
    }

    private static void AppendCdi(StringBuilder page, JsonElement info)
    {
        List<string> directories = [.. info.Texts("CDISpecDirs")];
        if (directories.Count > 0)
        {
            Line(page, " CDI spec directories:");
            directories.ForEach(d => Line(page, "  " + d));
        }
    }

    private static void AppendSwarm(StringBuilder page, JsonElement info)
    {
        JsonElement swarm = info.Member("Swarm") ?? default;
        Named(page, " Swarm", swarm.Text("LocalNodeState"));
    }

    private static void AppendRuntimes(StringBuilder page, JsonElement info)
    {
        List<string> runtimes = [.. info.Properties("Runtimes").Select(p => p.Name).Order(StringComparer.Ordinal)];
        if (runtimes.Count > 0)
        {
            Line(page, $" Runtimes: {string.Join(' ', runtimes)}");
            Line(page, $" Default Runtime: {info.Text("DefaultRuntime")}");
        }

        if (info.Text("OSType") == "linux")
        {
            Line(page, $" Init Binary: {info.Text("InitBinary")}");
            foreach ((string label, string member) in new[] { ("containerd", "ContainerdCommit"), ("runc", "RuncCommit"), ("init", "InitCommit") })
            {
                if (info.Member(member) is { } commit)
                {
                    Line(page, $" {label} version: {commit.Text("ID")}");
                }
            }
        }
    }

    private static void AppendSecurity(StringBuilder page, JsonElement info)
    {
        List<string> options = [.. info.Texts("SecurityOptions")];
        if (options.Count == 0 || info.Text("OSType") != "linux")
        {
            return;
        }

        Line(page, " Security Options:");
        foreach (string option in options)
        {
            string name = "";
            var further = new List<string>();
            foreach (string pair in option.Split(','))
            {
                string[] parts = pair.Split('=', 2);
                if (parts[0] == "name" && parts.Length > 1)
                {
                    name = parts[1];
                }
                else if (parts.Length > 1)
                {
                    further.Add($"   {char.ToUpperInvariant(parts[0][0])}{parts[0][1..]}: {parts[1]}");
                }
            }

            Line(page, "  " + name);
            further.ForEach(f => Line(page, f));
        }
    }

    private static void AppendHost(StringBuilder page, JsonElement info)
    {
        Named(page, " Kernel Version", info.Text("KernelVersion"));
        Named(page, " Operating System", info.Text("OperatingSystem"));
        Named(page, " OSType", info.Text("OSType"));
        Named(page, " Architecture", info.Text("Architecture"));
        Line(page, $" CPUs: {info.Number("NCPU")}");
        Line(page, $" Total Memory: {Units.BinarySize(info.Number("MemTotal"))}");
        Named(page, " Name", info.Text("Name"));
        Named(page, " ID", info.Text("ID"));
        Line(page, $" Docker Root Dir: {info.Text("DockerRootDir")}");
        Line(page, $" Debug Mode: {Bool(info, "Debug")}");
        if (info.Flag("Debug"))
        {
            Line(page, $"  File Descriptors: {info.Number("NFd")}");
            Line(page, $"  Goroutines: {info.Number("NGoroutines")}");
            Line(page, $"  System Time: {info.Text("SystemTime")}");
            Line(page, $"  EventsListeners: {info.Number("NEventsListener")}");
        }

        Named(page, " HTTP Proxy", info.Text("HttpProxy"));
        Named(page, " HTTPS Proxy", info.Text("HttpsProxy"));
        Named(page, " No Proxy", info.Text("NoProxy"));
        List<string> labels = [.. info.Texts("Labels")];
        if (labels.Count > 0)
        {
            Line(page, " Labels:");
            labels.ForEach(l => Line(page, "  " + l));
        }

        Line(page, $" Experimental: {Bool(info, "ExperimentalBuild")}");
    }

    private static void AppendRegistries(StringBuilder page, JsonElement info)
    {
        JsonElement registries = info.Member("RegistryConfig") ?? default;
        List<string> insecure = [.. registries.Properties("IndexConfigs").Where(p => !p.Value.Flag("Secure")).Select(p => p.Name),
            .. registries.Texts("InsecureRegistryCIDRs")];
        if (insecure.Count > 0)
        {
            Line(page, " Insecure Registries:");
            insecure.ForEach(r => Line(page, "  " + r));
        }

        List<string> mirrors = [.. registries.Texts("Mirrors")];
        if (mirrors.Count > 0)
        {
            Line(page, " Registry Mirrors:");
            mirrors.ForEach(m => Line(page, "  " + m));
        }
    }

    private static void AppendAddressPools(StringBuilder page, JsonElement info)
    {
        List<JsonElement> pools = [.. info.Items("DefaultAddressPools")];
        if (pools.Count > 0)
        {
            Line(page, " Default Address Pools:");
            pools.ForEach(p => Line(page, $"   Base: {p.Text("Base")}, Size: {p.Number("Size")}"));
        }
    }

    private static string Bool(JsonElement info, string name) => info.Flag(name) ? "true" : "false";

    private static void Named(StringBuilder page, string label, string value)
    {
        if (value.Length > 0)
        {
            Line(page, $"{label}: {value}");
        }
    }

    private static void Line(StringBuilder page, string text) => page.Append(CultureInfo.InvariantCulture, $"{text}\n");
}
