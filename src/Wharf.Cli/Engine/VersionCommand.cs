using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client;
using Wharf.Primitives;
using Wharf.Templates;
using Wharf.Templates.Values;

namespace Wharf.Cli.Engine;

internal static class VersionCommand
{
    public static Command Definition => new("version", "Show the Docker version information")
    {
        Usage = "[OPTIONS]",
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
        Template? template = format is "" or "json" ? null : Parse(format);
        byte[]? server = null;
        WharfException? failure = null;
        try
        {
            await cli.Client.AgreeAsync(ct);
            server = await cli.Client.GetBytesAsync("/version", ct);
        }
        catch (WharfException e)
        {
            failure = e;
        }

        if (template is null && format.Length == 0)
        {
            cli.Out.Write(Text(cli, server));
        }
        else if (template is null)
        {
            cli.Out.WriteLine(TemplateJson.Write(Value(cli, server)));
        }
        else
        {
            var output = new StringBuilder();
            try
            {
                template.Execute(Value(cli, server), output);
                cli.Out.WriteLine(output.ToString());
            }
            catch (TemplateException e)
            {
                cli.Out.WriteLine(output.ToString());
                throw new CommandException(e.Message);
            }
        }

        return failure is null ? 0 : throw failure;
    }

    private static Template Parse(string format)
    {
        try
        {
            return Template.Parse(format, "version");
        }
        catch (TemplateException e)
        {
            throw new CommandException($"template parsing error: {e.Message}", 64);
        }
    }

    internal static string OperatingSystem => "linux";

    internal static string Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static string Text(CliContext cli, byte[]? server)
    {
        ApiVersion api = cli.Client.Version;
        var page = new StringBuilder("Client:\n");
        Line(page, " Version:", BuildInfo.Version);
        Line(page, " API version:", api == ApiVersion.Newest ? $"{api}" : $"{api} (downgraded from {ApiVersion.Newest})");
        Line(page, " Runtime:", RuntimeInformation.FrameworkDescription);
        Line(page, " Git commit:", BuildInfo.Commit);
        Line(page, " OS/Arch:", $"{OperatingSystem}/{Architecture}");
        Line(page, " Context:", cli.CurrentContext);
        if (server is not null)
        {
            using JsonDocument document = JsonDocument.Parse(server);
            AppendServer(page, document.RootElement);
        }

        return page.ToString();
    }

    private static void AppendServer(StringBuilder page, JsonElement server)
    {
        string platform = server.Member("Platform")?.Text("Name") ?? "";
        page.Append('\n').Append(platform.Length > 0 ? $"Server: {platform}\n" : "Server:\n");
        foreach (JsonElement component in server.Items("Components"))
        {
            page.Append(' ').Append(component.Text("Name")).Append(":\n");
            Line(page, "  Version:", component.Text("Version"));
            Dictionary<string, string> details = component.Map("Details");
            if (component.Text("Name") == "Engine")
            {
                string Detail(string name) => details.GetValueOrDefault(name, "");
                Line(page, "  API version:", $"{Detail("ApiVersion")} (minimum version {Detail("MinAPIVersion")})");
                Line(page, "  Go version:", Detail("GoVersion"), optional: true);
                Line(page, "  Git commit:", Detail("GitCommit"));
                Line(page, "  Built:", Detail("BuildTime"));
                Line(page, "  OS/Arch:", $"{Detail("Os")}/{Detail("Arch")}");
                Line(page, "  Experimental:", Detail("Experimental"));
            }
            else
            {
                foreach ((string name, string value) in details.OrderBy(d => d.Key, StringComparer.Ordinal))
                {
                    Line(page, $"  {name}:", value);
                }
            }
        }
    }

    private static void Line(StringBuilder page, string label, string value, bool optional = false)
    {
        const int Column = 20;
        if (!optional || value.Length > 0)
        {
            page.Append(label.PadRight(Column)).Append(value).Append('\n');
        }
    }

    private static TemplateStruct Value(CliContext cli, byte[]? server)
    {
        var client = new TemplateStruct("system.clientVersion",
        [
            new("Version", BuildInfo.Version),
            new("ApiVersion", cli.Client.Version.ToString()),
            new("DefaultAPIVersion", ApiVersion.Newest.ToString()),
            new("GitCommit", BuildInfo.Commit),
            new("Os", OperatingSystem),
            new("Arch", Architecture),
            new("Context", cli.CurrentContext),
        ]);
        return new TemplateStruct("system.versionInfo",
        [
            new("Client", client),
            new("Server", server is null ? null : Framework.Inspection.InspectShape.Read(server, "types.Version")),
        ]);
    }
}
