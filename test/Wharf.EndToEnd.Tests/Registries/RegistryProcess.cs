using System.Diagnostics;
using System.Text.RegularExpressions;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Registries;

/// <summary>The published registry, started as users start it, on a free port of the loopback: of the host, or of an engine's network namespace.</summary>
internal sealed partial class RegistryProcess : IDisposable
{
    private readonly string[] _flags;
    private Engine? _engine;
    private readonly List<string> _log = [];
    private Process? _process;

    public RegistryProcess(Engine? engine = null, params string[] flags)
    {
        (_engine, _flags) = (engine, flags);
        Root = Directory.CreateTempSubdirectory("wharf-e2e-registry-").FullName;
        Store = Path.Combine(Root, "store");
        Start();
    }

    public string Root { get; }

    public string Store { get; init; }

    public int Port { get; private set; }

    public string Host => $"127.0.0.1:{Port}";

    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    public void Start()
    {
        string[] command = [Repository.Program("wharf"), "registry", "serve", "--addr", $"127.0.0.1:{Port}", "--root", Store, .. _flags.Select(f => f.Replace("{root}", Root, StringComparison.Ordinal))];
        _process = _engine is null ? Command.Start(command[0], command[1..]) : Command.Start("nsenter", ["--net=/run/netns/" + _engine.Name, .. command]);
        var listening = new ManualResetEventSlim();
        foreach (StreamReader reader in new[] { _process.StandardOutput, _process.StandardError })
        {
            _ = Task.Run(async () =>
            {
                while (await reader.ReadLineAsync() is { } line)
                {
                    lock (_log)
                    {
                        _log.Add(line);
                    }

                    if (Listening().Match(line) is { Success: true } match)
                    {
                        Port = int.Parse(match.Groups[1].Value);
                        listening.Set();
                    }
                }
            });
        }

        Assert.True(listening.Wait(TimeSpan.FromSeconds(30)), "the registry does not listen:\n" + Log);
    }

    /// <summary>Goes on with its store and port in the network of another engine.</summary>
    public void MoveTo(Engine engine)
    {
        Kill();
        _engine = engine;
        Start();
    }

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            Command.Run("kill", ["-TERM", _process.Id.ToString()]);
            if (!_process.WaitForExit(TimeSpan.FromSeconds(20)))
            {
                Kill();
            }
        }

        Directory.Delete(Root, recursive: true);
    }

    [GeneratedRegex(@"listening on https?://127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();
}
