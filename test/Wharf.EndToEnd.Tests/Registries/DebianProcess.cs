using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Registries;

/// <summary>Debian's docker-registry on a port of the host's loopback that was free a moment ago.</summary>
internal sealed class DebianProcess : IDisposable
{
    private readonly Process _process;

    public DebianProcess(string folder)
    {
        for (int attempt = 0; ; attempt++)
        {
            Host = $"127.0.0.1:{FreePort()}";
            string config = Path.Combine(folder, "registry.yml");
            File.WriteAllText(config, $"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder}/registry}}, delete: {{enabled: true}}}}\nhttp: {{addr: '{Host}'}}\n");
            _process = Command.Start("docker-registry", ["serve", config]);
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            for (int i = 0; i < 300 && !_process.HasExited; i++)
            {
                if (Command.Run("curl", ["-sf", $"http://{Host}/v2/"]).ExitCode == 0)
                {
                    return;
                }

                Thread.Sleep(100);
            }

            Dispose();
            Assert.True(attempt < 5, "docker-registry does not listen");
        }
    }

    public string Host { get; }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
