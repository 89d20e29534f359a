using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>
/// A real daemon on a private root: own data root, socket, cgroup parent and network namespace without an uplink. Disposing ends it
/// and everything it started, also after a failed test.
/// </summary>
public sealed class Engine : IDisposable
{
    private static int _count;
    private readonly string[] _prefix;
    private readonly string[] _flags;
    private Process? _daemon;
    private StreamWriter? _log;

    public Engine(params string[] flags)
        : this([], flags)
    {
    }

    private Engine(string[] prefix, string[] flags)
    {
        _prefix = prefix;
        _flags = flags;
        Name = $"wharf-e2e-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        Root = Path.Combine("/var/tmp", Name);
        Directory.CreateDirectory(Path.Combine(Root, "config"));
        Command.Run("ip", ["netns", "add", Name]).Ok();
        Command.Run("ip", ["-n", Name, "link", "set", "lo", "up"]).Ok();
        Start();
    }

    public string Name { get; }

    public string Root { get; }

    public string Socket => Path.Combine(Root, "docker.sock");

    public string DataRoot => Path.Combine(Root, "data");

    public string ExecRoot => Path.Combine(Root, "exec");

    public int DaemonPid => _daemon?.Id ?? 0;

    public Process Daemon => _daemon ?? throw new InvalidOperationException("the daemon has not been started");

    /// <summary>A daemon that is started by another program, whose last arguments are the daemon's command line.</summary>
    public static Engine StartedBy(string[] prefix, params string[] flags) => new(prefix, flags);

    public void Start()
    {
        _daemon = Command.Start("nsenter",
        [
            "--net=/run/netns/" + Name, .. _prefix, Repository.Program("wharfd"),
            "--data-root", DataRoot, "--exec-root", ExecRoot, "--pidfile", Path.Combine(Root, "wharfd.pid"),
            "-H", "unix://" + Socket, "--cgroup-parent", "/" + Name, .. _flags,
        ]);
        _log ??= new StreamWriter(Path.Combine(Root, "wharfd.log"), append: true) { AutoFlush = true };
        Pump(_daemon.StandardOutput);
        Pump(_daemon.StandardError);
        var patience = Stopwatch.StartNew();
        while (!Answers())
        {
            if (_daemon.HasExited || patience.Elapsed > TimeSpan.FromSeconds(30))
            {
                throw new InvalidOperationException("the daemon does not answer:\n" + Log());
            }

            Thread.Sleep(20);
        }
    }

    /// <summary>Ends the daemon alone, as an administrator does; its containers go on.</summary>
    public void Stop()
    {
        if (_daemon is { HasExited: false })
        {
            Command.Run("kill", ["-TERM", _daemon.Id.ToString()]);
            Assert.True(_daemon.WaitForExit(TimeSpan.FromSeconds(30)), "the daemon did not end within 30 s of SIGTERM");
        }
    }

    /// <summary>What a power cut does to the daemon.</summary>
    public void Kill()
    {
        _daemon!.Kill();
        _daemon.WaitForExit();
    }

    public string Log() => File.Exists(Path.Combine(Root, "wharfd.log")) ? File.ReadAllText(Path.Combine(Root, "wharfd.log")) : "";

    /// <summary>Waits until the first process of a container has set its trap for a signal.</summary>
    public void WaitForTrap(string container, int signal = 15) =>
        Patience.UntilCaught(int.Parse(Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", container).Ok().Text, CultureInfo.InvariantCulture), signal);

    public CommandResult Run(Client client, params string[] arguments) => RunWith(client, null, 60, arguments);

    public CommandResult RunWith(Client client, string? input, int timeoutSeconds, params string[] arguments) =>
        Command.Run(ClientPrograms.Of(client), arguments, input, ClientEnvironment(), timeoutSeconds);

    public Process StartClient(Client client, params string[] arguments) =>
        Command.Start(ClientPrograms.Of(client), arguments, ClientEnvironment());

    public Dictionary<string, string> ClientEnvironment() => new()
    {
        ["DOCKER_HOST"] = "unix://" + Socket,
        ["DOCKER_CONFIG"] = Path.Combine(Root, "config"),
        ["DOCKER_CLI_HINTS"] = "false",
        ["DOCKER_BUILDKIT"] = "0",
    };

    /// <summary>Runs a command in the daemon's network namespace, as a user on the host would.</summary>
    public CommandResult OnHost(params string[] command) =>
        Command.Run("nsenter", ["--net=/run/netns/" + Name, .. command]);

    /// <summary>One plain HTTP request on the socket; the answer's head and body as they came.</summary>
    public string Http(string request)
    {
        using var answer = new OpenAnswer(Connect(), request);
        return answer.Rest();
    }

    /// <summary>One plain HTTP request whose answer has begun: what it asks for is registered.</summary>
    public OpenAnswer Ask(string request)
    {
        var answer = new OpenAnswer(Connect(), request);
        answer.AwaitHead();
        return answer;
    }

    public string Get(string path) => Http($"GET {path} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n");

    public Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Socket));
        return socket;
    }

    public void Load(string image)
    {
        using var gate = ImageGate.Enter(this);
        if (Run(Client.Docker, "image", "inspect", image).ExitCode != 0)
        {
            RunWith(Client.Docker, null, 300, "load", "-q", "-i", Repository.TestImage(image)).Ok();
        }
    }

    public void Dispose()
    {
        try
        {
            if (_daemon is { HasExited: false })
            {
                var all = Run(Client.Docker, "ps", "-aq").Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
                if (all.Length > 0)
                {
                    // a container that cannot be removed must not hide why the test failed; the sweep below ends it
                    Command.Run("timeout", ["-k", "1", "60", ClientPrograms.Of(Client.Docker), "rm", "-f", "-v", .. all], null, ClientEnvironment(), 90);
                }
            }

            Stop();
        }
        finally
        {
            _log?.Dispose();
            Debris.Sweep(this);
        }
    }

    private void Pump(StreamReader reader) => _ = Task.Run(async () =>
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (this)
            {
                _log!.WriteLine(line);
            }
        }
    });

    private bool Answers()
    {
        try
        {
            return Get("/_ping").StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
