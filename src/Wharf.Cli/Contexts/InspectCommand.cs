using System.Text.Json;
using System.Text.Json.Nodes;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Inspection;
using Wharf.Primitives;

namespace Wharf.Cli.Contexts;

internal static class InspectCommand
{
    public static Command Definition => new("inspect", "Display detailed information on one or more contexts")
    {
        Usage = "[OPTIONS] [CONTEXT] [CONTEXT...]",
        Arity = Arity.Any,
        Flags =
        [
            new("format", 'f', FlagKind.String, FormatHelp.Inspect),
        ],
        Complete = Completion.Contexts,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        IEnumerable<string> names = call.Arguments.Count > 0 ? call.Arguments : [call.Cli.CurrentContext];
        return Inspector.RunAsync(call, "context.contextWithTLSListing", name => ValueTask.FromResult(Describe(call.Cli, name)), names);
    }

    private static byte[] Describe(CliContext cli, string name)
    {
        bool isDefault = name == ContextStore.DefaultName;
        NamedContext context = isDefault
            ? new NamedContext(name, "", cli.Env("DOCKER_HOST") ?? Client.Transports.Endpoint.DefaultHost, false)
            : cli.Contexts.Get(name);
        JsonObject root = JsonNode.Parse(ContextStore.ToJson(context))!.AsObject();
        root["TLSMaterial"] = context.TlsFiles.Count == 0
            ? new JsonObject()
            : new JsonObject { ["docker"] = new JsonArray([.. context.TlsFiles.Keys.Order(StringComparer.Ordinal).Select(k => (JsonNode)JsonValue.Create(k))]) };
        root["Storage"] = new JsonObject
        {
            ["MetadataPath"] = isDefault ? "<IN MEMORY>" : cli.Contexts.MetaDirectory(name),
            ["TLSPath"] = isDefault ? "<IN MEMORY>" : cli.Contexts.TlsDirectory(name),
        };
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = GoJsonEncoder.Instance }))
        {
            root.WriteTo(writer);
        }

        return memory.ToArray();
    }
}
