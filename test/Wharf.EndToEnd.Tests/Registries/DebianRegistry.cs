using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Registries;

/// <summary>Debian's docker-registry on the loopback of an engine's network.</summary>
public sealed class DebianRegistry : IDisposable
{
    private static int _ports = 5000;
    private readonly Process _process;

    public DebianRegistry(Engine engine)
    {
        int port = Interlocked.Increment(ref _ports);
        Host = $"localhost:{port}";
        Root = Directory.CreateTempSubdirectory("wharf-registry-").FullName;
        string config = Path.Combine(Root, "config.yml");
        File.WriteAllText(config, $"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {Root}/data}}, delete: {{enabled: true}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n");
        _process = Command.Start("nsenter", ["--net=/run/netns/" + engine.Name, "docker-registry", "serve", config]);
        var patience = Stopwatch.StartNew();
        while (engine.OnHost("curl", "-sf", $"http://{Host}/v2/").ExitCode != 0)
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60) && !_process.HasExited, "the registry does not answer");
            Thread.Sleep(50);
        }
    }

    /// <summary>Name and port.</summary>
    public string Host { get; }

    /// <summary>A folder that is removed with the registry.</summary>
    public string Root { get; }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
