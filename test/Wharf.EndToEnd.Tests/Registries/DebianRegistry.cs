using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Registries;

/// <summary>Debian's docker-registry on the loopback of an engine's network, or of the host's.</summary>
public sealed class DebianRegistry : IDisposable
{
    private static int _ports = 5000;
    private Process _process;

    public DebianRegistry(Engine engine)
        : this(engine, "localhost", Interlocked.Increment(ref _ports))
    {
    }

    private DebianRegistry(Engine? engine, string name, int port)
    {
        Host = $"{name}:{port}";
        Root = Directory.CreateTempSubdirectory("wharf-registry-").FullName;
        File.WriteAllText(Config, $"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {Root}/data}}, delete: {{enabled: true}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n");
        _process = Start(engine);
    }

    /// <summary>Name and port.</summary>
    public string Host { get; }

    /// <summary>A folder that is removed with the registry.</summary>
    public string Root { get; }

    private string Config => Path.Combine(Root, "config.yml");

    /// <summary>For what runs in the host's network; on a port that was free a moment ago.</summary>
    public static DebianRegistry OnHost()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        return new DebianRegistry(null, "127.0.0.1", port);
    }

    /// <summary>Goes on with its store and port in the network of another engine.</summary>
    public void MoveTo(Engine engine)
    {
        End();
        _process = Start(engine);
    }

    public void Dispose()
    {
        End();
        Directory.Delete(Root, recursive: true);
    }

    private Process Start(Engine? engine)
    {
        string[] prefix = engine is null ? ["env"] : ["nsenter", "--net=/run/netns/" + engine.Name];
        Process process = Command.Start(prefix[0], [.. prefix[1..], "docker-registry", "serve", Config]);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Patience.Until(() => process.HasExited || Command.Run(prefix[0], [.. prefix[1..], "curl", "-sf", $"http://{Host}/v2/"]).ExitCode == 0, "docker-registry answers");
        Assert.False(process.HasExited, "docker-registry ended at once");
        return process;
    }

    private void End()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
