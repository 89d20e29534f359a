using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Transports;

namespace Wharf.Cli.Contexts;

internal static class ListCommand
{
    private const string Table = "{{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}";
    private const int DescriptionWidth = 60;

    public static Command Definition => new("ls", "List contexts")
    {
        Usage = "[OPTIONS]",
        OtherNames = ["list"],
        Aliases = ["context ls", "context list"],
        Arity = Arity.None,
        Flags =
        [
            new("format", FlagKind.String, FormatHelp.List),
            new("quiet", 'q', FlagKind.Bool, "Only show context names"),
        ],
        Run = new(RunAsync),
    };

    private sealed record Line(string Name, string Description, string Endpoint, bool Current, string Error);

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string current = cli.CurrentContext;
        var lines = new List<Line> { new(ContextStore.DefaultName, "Current DOCKER_HOST based configuration", DefaultHost(cli), current == ContextStore.DefaultName, "") };
        lines.AddRange(cli.Contexts.List().Select(c => new Line(c.Name, c.Description, c.Host, c.Name == current, "")));
        if (lines.All(l => !l.Current))
        {
            string path = Path.Combine(cli.Contexts.MetaDirectory(current), "meta.json");
            lines.Add(new Line(current, "", "", true, $"context \"{current}\": context not found: open {path}: no such file or directory"));
        }

        bool quiet = call.Bool("quiet");
        string format = call.String("format") is { Length: > 0 } given ? given : quiet ? "{{.Name}}" : "table";
        Column<Line>[] columns =
        [
            new("Name", "NAME", l => l.Name),
            new("Description", "DESCRIPTION", l => Units.Ellipsis(l.Description, DescriptionWidth)),
            new("DockerEndpoint", "DOCKER ENDPOINT", l => l.Endpoint),
            new("Current", "", l => l.Current),
            new("Error", "ERROR", l => Units.Ellipsis(l.Error, DescriptionWidth)),
        ];
        cli.Out.Write(TableFormat.Render(format, Table, "*formatter.clientContextContext", columns,
            lines.OrderBy(l => l.Name, Comparer<string>.Create(Containers.PortCommand.Natural))));
        if (cli.Env("DOCKER_HOST") is not null)
        {
            cli.Error.WriteLine("Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the global --context flag, or unset DOCKER_HOST environment variable.");
        }

        return Task.FromResult(0);
    }

    private static string DefaultHost(CliContext cli) =>
        cli.Globals.List("host") is [var host, ..] ? host : cli.Env("DOCKER_HOST") ?? Endpoint.DefaultHost;
}
