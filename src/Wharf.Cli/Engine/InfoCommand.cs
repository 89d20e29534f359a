using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Plugins;
using Wharf.Cli.Framework.Inspection;
using Wharf.Primitives;
using Wharf.Templates;
using Wharf.Templates.Values;

namespace Wharf.Cli.Engine;

internal static class InfoCommand
{
    public static Command Definition => new("info", "Display system-wide information")
    {
        Usage = "[OPTIONS]",
        Aliases = ["system info", "info"],
        Arity = Arity.None,
        Flags =
        [
            new("format", 'f', FlagKind.String, FormatHelp.Inspect),
        ],
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string format = call.String("format");
        byte[]? server = null;
        WharfException? failure = null;
        try
        {
            server = await cli.Client.GetBytesAsync("/info", ct);
        }
        catch (WharfException e)
        {
            failure = e;
        }

        if (format.Length > 0)
        {
            cli.Out.WriteLine(Formatted(cli, server, format));
            return failure is null ? 0 : throw failure;
        }

        var page = new StringBuilder("Client:\n");
        page.Append($" Version:    {BuildInfo.Version}\n Context:    {cli.CurrentContext}\n Debug Mode: {(cli.Globals.Bool("debug") ? "true" : "false")}\n");
        AppendPlugins(page, Plugins(cli));
        page.Append("\nServer:\n");
        if (server is not null)
        {
            using JsonDocument document = JsonDocument.Parse(server);
            InfoText.Append(page, document.RootElement);
            cli.Out.Write(page.Append('\n').ToString());
            foreach (string warning in document.RootElement.Texts("Warnings"))
            {
                cli.Error.WriteLine(warning);
            }

            return 0;
        }

        cli.Out.Write(page.ToString());
        cli.Error.WriteLine(failure!.Message);
        throw new CommandException("errors pretty printing info");
    }

    private static List<PluginMetadata> Plugins(CliContext cli) => [.. PluginFolders.All(cli.Config).Select(p => PluginMetadata.Ask(p.Key, p.Value)).Where(p => p.Error is null)];

    private static void AppendPlugins(StringBuilder page, List<PluginMetadata> plugins)
    {
        if (plugins.Count == 0)
        {
            return;
        }

        page.Append(" Plugins:\n");
        foreach (PluginMetadata plugin in plugins)
        {
            page.Append($"  {plugin.Name}: {plugin.ShortDescription} ({plugin.Vendor})\n    Version:  {plugin.Version}\n    Path:     {plugin.Path}\n");
        }
    }

    private static string Formatted(CliContext cli, byte[]? server, string format)
    {
        JsonObject root = server is null ? [] : JsonNode.Parse(server)!.AsObject();
        root["ClientInfo"] = new JsonObject
        {
            ["Debug"] = cli.Globals.Bool("debug"),
            ["Version"] = BuildInfo.Version,
            ["DefaultAPIVersion"] = Client.ApiVersion.Newest.ToString(),
            ["GitCommit"] = BuildInfo.Commit,
            ["Os"] = VersionCommand.OperatingSystem,
            ["Arch"] = VersionCommand.Architecture,
            ["Context"] = cli.CurrentContext,
            ["Plugins"] = new JsonArray([.. Plugins(cli).Select(p => new JsonObject
            {
                ["SchemaVersion"] = "0.1.0",
                ["Vendor"] = p.Vendor,
                ["Version"] = p.Version,
                ["ShortDescription"] = p.ShortDescription,
                ["Name"] = p.Name,
                ["Path"] = p.Path,
            })]),
            ["Warnings"] = null,
        };
        byte[] json = Encoding.UTF8.GetBytes(root.ToJsonString(new JsonSerializerOptions { Encoder = PlainJsonEncoder.Instance }));
        if (format == "json")
        {
            return RawJson.Compact(json);
        }

        Template template;
        try
        {
            template = Template.Parse(format, "");
        }
        catch (TemplateException e)
        {
            throw new CommandException($"template parsing error: {e.Message}", 64);
        }

        try
        {
            return template.Execute(InspectShape.Read(json, "system.dockerInfo"));
        }
        catch (TemplateException e)
        {
            throw new CommandException(e.Message);
        }
    }
}
