using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Cli.Framework.Terminal;
using Wharf.Client;
using Wharf.Client.Transports;
using Wharf.Primitives;
using Wharf.Templates;

namespace Wharf.Cli.Framework;

/// <summary>What commands act with: the terminal, the configuration, and a client of the engine made when first asked for.</summary>
internal sealed class CliContext(string program, ITerminal terminal, Func<string, string?> environment, FlagValues globals) : IDisposable
{
    private ConfigFile? _config;
    private EngineClient? _client;

    public string Program => program;

    public ITerminal Terminal => terminal;

    public TextOutput Out => terminal.Out;

    public TextOutput Error => terminal.Error;

    /// <summary>How templates print what others have written: see <see cref="TextOutput.WriteForeign"/>.</summary>
    public TemplateOptions Foreign => Out.IsTerminal ? VisibleText.InTemplates : TemplateOptions.Default;

    public FlagValues Globals => globals;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public string? Env(string name) => environment(name) is { Length: > 0 } value ? value : null;

    /// <summary>The variable as it is, an empty one included.</summary>
    public string? EnvRaw(string name) => environment(name);

    /// <summary>Colour and cursor movement are wanted: a terminal, and nobody said NO_COLOR or TERM=dumb.</summary>
    public bool UseColour => Out.IsTerminal && Env("NO_COLOR") is null && Env("TERM") != "dumb";

    public string ConfigDirectory => globals.String("config");

    public ConfigFile Config => _config ??= ConfigFile.Load(ConfigDirectory, Error.WriteLine);

    public ContextStore Contexts => new(ConfigDirectory);

    public EngineClient Client => _client ??= CreateClient();

    /// <summary>The name of the context in force, by flag, environment and configuration, in this order.</summary>
    public string CurrentContext
    {
        get
        {
            if (globals.String("context") is { Length: > 0 } flag)
            {
                return flag;
            }

            if (globals.List("host").Count > 0 || Env("DOCKER_HOST") is not null)
            {
                return ContextStore.DefaultName;
            }

            return Env("DOCKER_CONTEXT") ?? (Config["currentContext"] is { Length: > 0 } name ? name : ContextStore.DefaultName);
        }
    }

    /// <summary>The engine's address as the user wrote it, by flag, environment or context.</summary>
    public string HostText => CurrentContext is var name && name != ContextStore.DefaultName ? Contexts.Get(name).Host
        : globals.List("host") is [.., var last] ? last.Trim()
        : Env("DOCKER_HOST") ?? Endpoint.DefaultHost;

    /// <exception cref="CommandException">The context or the address is wrong.</exception>
    public Endpoint ResolveEndpoint()
    {
        try
        {
            string name = CurrentContext;
            return name == ContextStore.DefaultName ? DefaultEndpoint() : ContextEndpoint(name);
        }
        catch (Exception e) when (e is WharfException or CommandException)
        {
            throw new CommandException($"Failed to initialize: unable to resolve docker endpoint: {e.Message}");
        }
    }

    private EngineClient CreateClient() => new(new EngineClientOptions(ResolveEndpoint())
    {
        Blocking = true,
        ApiVersion = Env("DOCKER_API_VERSION"),
        UserAgent = $"Docker-Client/{BuildInfo.Version} (linux)",
        Headers = Config.Map("HttpHeaders"),
    });

    private Endpoint DefaultEndpoint()
    {
        IReadOnlyList<string> hosts = globals.List("host");
        string host = hosts.Count switch
        {
            0 => Env("DOCKER_HOST") ?? Endpoint.DefaultHost,
            1 => hosts[0].Trim(),
            _ => throw WharfException.Invalid("Specify only one -H"),
        };
        bool verify = globals.IsSet("tlsverify") ? globals.Bool("tlsverify") : Env("DOCKER_TLS_VERIFY") is not null;
        bool useTls = globals.Bool("tls") || globals.IsSet("tlsverify") || verify || Env("DOCKER_TLS") is not null;
        return Endpoint.Parse(host.Length > 0 ? host : Endpoint.DefaultHost, useTls ? DefaultTls(verify) : null);
    }

    private TlsOptions DefaultTls(bool verify)
    {
        string directory = Env("DOCKER_CERT_PATH") ?? ConfigDirectory;
        string File(string flag, string name) => globals.IsSet(flag) ? globals.String(flag) : Path.Combine(directory, name);
        string? Existing(string flag, string name)
        {
            string path = File(flag, name);
            return System.IO.File.Exists(path) ? path
                : globals.IsSet(flag) ? throw WharfException.Invalid($"open {path}: no such file or directory")
                : null;
        }

        string authority = File("tlscacert", "ca.pem");
        return !System.IO.File.Exists(authority)
            ? throw WharfException.Invalid($"open {authority}: no such file or directory")
            : new TlsOptions
            {
                Verify = verify,
                CaFile = authority,
                CertificateFile = Existing("tlscert", "cert.pem"),
                KeyFile = Existing("tlskey", "key.pem"),
            };
    }

    private Endpoint ContextEndpoint(string name)
    {
        NamedContext context = Contexts.Get(name);
        string files = Path.Combine(Contexts.TlsDirectory(name), "docker");
        string? File(string file) => System.IO.File.Exists(Path.Combine(files, file)) ? Path.Combine(files, file) : null;
        TlsOptions? tls = context.TlsFiles.Count == 0 && !context.SkipTlsVerify ? null : new TlsOptions
        {
            Verify = !context.SkipTlsVerify,
            CaFile = File("ca.pem"),
            CertificateFile = File("cert.pem"),
            KeyFile = File("key.pem"),
        };
        return Endpoint.Parse(context.Host.Length > 0 ? context.Host : Endpoint.DefaultHost, tls);
    }

    /// <summary>Asks a yes-or-no question; anything but y is no.</summary>
    public bool Confirm(string question)
    {
        Out.Write(question + " [y/N] ");
        return ReadLine().Trim().Equals("y", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>One line of standard input; empty at its end.</summary>
    public string ReadLine()
    {
        var bytes = new List<byte>();
        Span<byte> one = stackalloc byte[1];
        while (Terminal.Input.Read(one) == 1 && one[0] != '\n')
        {
            bytes.Add(one[0]);
        }

        return System.Text.Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
    }

    public void Dispose() => _client?.Dispose();
}
