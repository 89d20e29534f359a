using System.Diagnostics;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Registries;

/// <summary>Debian's docker-registry on the loopback of an engine's network.</summary>
public sealed class DebianRegistry : IDisposable
{
    private static int _ports = 5000;
    private Process _process;

    public DebianRegistry(Engine engine)
    {
        int port = Interlocked.Increment(ref _ports);
        Host = $"localhost:{port}";
        Root = Directory.CreateTempSubdirectory("wharf-registry-").FullName;
        File.WriteAllText(Config, $"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {Root}/data}}, delete: {{enabled: true}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n");
        _process = Start(engine);
    }

    /// <summary>Name and port.</summary>
    public string Host { get; }

    /// <summary>A folder that is removed with the registry.</summary>
    public string Root { get; }

    private string Config => Path.Combine(Root, "config.yml");

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

    private Process Start(Engine engine)
    {
        Process process = Command.Start("nsenter", ["--net=/run/netns/" + engine.Name, "docker-registry", "serve", Config]);
        var patience = Stopwatch.StartNew();
        while (engine.OnHost("curl", "-sf", $"http://{Host}/v2/").ExitCode != 0)
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60) && !process.HasExited, "the registry does not answer");
            Thread.Sleep(50);
        }

        return process;
    }

    private void End()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
