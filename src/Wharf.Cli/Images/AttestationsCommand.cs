using System.Text;
using System.Text.Json;
using Wharf.Client.Answers;
using Wharf.Api.Images;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;
using Wharf.Client.Http;
using Wharf.Primitives;

namespace Wharf.Cli.Images;

/// <summary>What is attested of an image: the answer to what <c>buildx imagetools inspect</c> is asked for.</summary>
internal static class AttestationsCommand
{
    private const string Table = "{{.Type}}\t{{.Digest}}\t{{.Size}}";

    private const string OldProvenance = "https://slsa.dev/provenance/v0.2";

    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["provenance"] = "https://slsa.dev/provenance/v1",
        ["sbom"] = "https://spdx.dev/Document",
    };

    public static Command Definition => new("attestations", "Show what is attested of an image")
    {
        Usage = "[OPTIONS] IMAGE",
        Arity = Arity.Exactly(1),
        Flags =
        [
            new("format", 'f', FlagKind.String, FormatHelp.List),
            new("platform", FlagKind.String, "Of the image for a platform. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")"),
            new("predicate", FlagKind.String, "Print a predicate (\"provenance\", \"sbom\" or the URI of its type)"),
        ],
        Complete = Completion.Images,
        Run = new(RunAsync),
    };

    private static async Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        string wanted = call.String("predicate"), image = call.Arguments[0];
        string type = Short.GetValueOrDefault(wanted, wanted);
        if (wanted.Length > 0 && call.IsSet("format"))
        {
            throw new CommandException("--format and --predicate cannot be used together: a predicate is JSON");
        }

        var query = new Query { { "platform", PlatformJson.Of(call.String("platform")) }, { "type", type }, { "statement", wanted.Length > 0 } };
        using EngineReply reply = await call.Cli.Client.SendAsync("GET", $"/images/{Wharf.Client.EngineClient.Escape(image)}/attestations" + query, null, ct);
        List<AttestationStatement> found = await reply.ReadAsync(ClientJson.Default.ListAttestationStatement, ct);
        if (found.Count == 0 && wanted == "provenance")
        {
            query = new Query { { "platform", PlatformJson.Of(call.String("platform")) }, { "type", OldProvenance }, { "statement", true } };
            using EngineReply old = await call.Cli.Client.SendAsync("GET", $"/images/{Wharf.Client.EngineClient.Escape(image)}/attestations" + query, null, ct);
            found = await old.ReadAsync(ClientJson.Default.ListAttestationStatement, ct);
        }

        if (wanted.Length == 0)
        {
            string format = call.String("format") is { Length: > 0 } given ? given : "table";
            call.Cli.Out.Write(TableFormat.Render(format, Table, "*formatter.attestationContext", Columns, found));
            return 0;
        }

        foreach (AttestationStatement attestation in found)
        {
            call.Cli.Out.WriteForeign(Predicate(attestation, image) + "\n");
        }

        return found.Count > 0 ? 0 : throw new CommandException($"nothing of the type {wanted} is attested of {image}");
    }

    private static Column<AttestationStatement>[] Columns =>
    [
        new("Type", "PREDICATE TYPE", a => a.PredicateType ?? ""),
        new("Digest", "DIGEST", a => a.Descriptor?.Digest ?? ""),
        new("Size", "SIZE", a => Units.Size(a.Descriptor?.Size ?? 0)),
    ];

    private static string Predicate(AttestationStatement attestation, string image)
    {
        if (attestation.Statement is not { } statement || statement.ValueKind != JsonValueKind.Object || !statement.TryGetProperty("predicate", out JsonElement predicate))
        {
            throw new CommandException($"an attestation of {image} is no statement");
        }

        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true, Encoder = GoJsonEncoder.Instance }))
        {
            predicate.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }
}
