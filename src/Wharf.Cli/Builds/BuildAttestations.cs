using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Builds;

/// <summary><c>--attest type=…,attribute=value</c> and its shorthands <c>--provenance</c> and <c>--sbom</c>: the attributes by type.</summary>
internal static class BuildAttestations
{
    private static readonly string[] Types = ["provenance", "sbom"];

    /// <exception cref="CommandException">Without a type, of an unknown one, or the same twice.</exception>
    public static SortedDictionary<string, string> Read(Invocation call)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in call.List("attest"))
        {
            List<string> fields = Split(text);
            string type = fields.Find(f => f.StartsWith("type=", StringComparison.Ordinal))?["type=".Length..] ?? throw new CommandException("attestation type not specified");
            Add(found, type, string.Join(',', fields.Where(f => !f.StartsWith("type=", StringComparison.Ordinal))));
        }

        foreach (string type in Types.Where(call.IsSet))
        {
            Add(found, type, call.String(type) switch
            {
                "true" or "1" or "" => "",
                "false" or "0" => "disabled=true",
                string attributes => attributes,
            });
        }

        return found;
    }

    /// <summary>Whether something is attested after all.</summary>
    public static bool Any(IReadOnlyDictionary<string, string> attestations) => attestations.Values.Any(a => !a.Split(',').Any(f => f is "disabled=true" or "disabled=1" or "disabled"));

    private static void Add(SortedDictionary<string, string> found, string type, string attributes)
    {
        if (!Types.Contains(type))
        {
            throw new CommandException($"unsupported attestation type \"{type}\": use {string.Join(" or ", Types)}");
        }

        if (!found.TryAdd(type, attributes))
        {
            throw new CommandException($"duplicate attestation field {type}");
        }
    }

    private static List<string> Split(string text)
    {
        try
        {
            return CommaSeparated.Split(text);
        }
        catch (FormatException e)
        {
            throw new CommandException($"invalid attestation {text}: {e.Message}");
        }
    }
}
