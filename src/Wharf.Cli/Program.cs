using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Terminal;
using Wharf.Primitives.Trust;

namespace Wharf.Cli;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        string name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
        var terminal = new SystemTerminal();
        if (name == "docker-compose")
        {
            terminal.Error.WriteLine("docker-compose: Compose is not part of this release of wharf");
            return 1;
        }

        string program = name == "docker" ? "docker" : "wharf";
        if (arguments is ["--version" or "-v"])
        {
            // asked by scripts and prompts at every turn: answered before anything else is built
            terminal.Out.WriteLine(Dispatcher.VersionLine(program));
            return 0;
        }

        string config = Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/root", ".docker");

        SystemTrust.Find();

        // one thread does all: every call below completes on it, so waiting here waits for nothing
        return new Dispatcher(program, RootCommand.For(program, config), terminal, Environment.GetEnvironmentVariable)
            .RunAsync(arguments, CancellationToken.None).GetAwaiter().GetResult();
    }
}
