using System.Text;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Terminal;
using Wharf.Testing;

namespace Wharf.Cli.Tests.Framework;

/// <summary>A terminal in memory.</summary>
#pragma warning disable CA1001 // memory streams hold nothing that needs giving back
internal sealed class FakeTerminal : ITerminal
#pragma warning restore CA1001
{
    private readonly MemoryStream _out = new();
    private readonly MemoryStream _error = new();

    public FakeTerminal(string input = "", bool isTerminal = false)
    {
        Input = new MemoryStream(Encoding.UTF8.GetBytes(input));
        Out = new TextOutput(_out, isTerminal);
        Error = new TextOutput(_error, isTerminal);
        InputIsTerminal = isTerminal;
        Size = isTerminal ? (120, 40) : null;
    }

    public Stream Input { get; init; }

    public TextOutput Out { get; }

    public TextOutput Error { get; }

    public bool InputIsTerminal { get; }

    public (int Columns, int Rows)? Size { get; }

    public int HelpWidth => 80;

    public string OutText => Encoding.UTF8.GetString(_out.ToArray());

    public string ErrorText => Encoding.UTF8.GetString(_error.ToArray());

    public bool WaitForInput(int milliseconds) => true;

    public IDisposable? EnterRawMode() => null;

    public IDisposable? HideInput() => null;
}

/// <summary>Runs whole command lines against a fake engine, with a configuration folder of its own.</summary>
internal sealed class CliHarness : IDisposable
{
    private readonly string _config = Directory.CreateTempSubdirectory("wharf-config").FullName;

    public CliHarness(FakeEngine? engine = null)
    {
        Environment["DOCKER_CONFIG"] = _config;
        if (engine is not null)
        {
            Environment["DOCKER_HOST"] = engine.Host;
        }
    }

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public string ConfigDirectory => _config;

    public string Program { get; init; } = "docker";

    public FakeTerminal Terminal { get; private set; } = new();

    public int Run(params string[] words) => RunWith(new FakeTerminal(), words);

    public int RunWith(FakeTerminal terminal, params string[] words)
    {
        Terminal = terminal;
        var dispatcher = new Dispatcher(Program, RootCommand.For(Program, _config), terminal, name => Environment.GetValueOrDefault(name));

        // off the test framework's context, which would wait for us while we wait for it
        return Task.Run(() => dispatcher.RunAsync(words, CancellationToken.None)).GetAwaiter().GetResult();
    }

    /// <summary>Output, errors and status as one text.</summary>
    public string Transcript(params string[] words)
    {
        int code = Run(words);
        return $"$ {Program} {string.Join(' ', words)}\n{Terminal.OutText}{Terminal.ErrorText}[{code}]\n".Replace(_config, "/root/.docker", StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_config, recursive: true);
}
