using Wharf.Primitives;

namespace Wharf.Build.Attestations;

/// <summary>What a build is to state about its result.</summary>
public sealed record AttestationOptions
{
    public static AttestationOptions None { get; } = new();

    /// <summary>Null for no statement of how the image came to be.</summary>
    public ProvenanceOptions? Provenance { get; init; }

    /// <summary>State which packages are in the image.</summary>
    public bool Sbom { get; init; }

    /// <summary>The attributes of <c>--attest</c> by type: <c>provenance</c> with <c>mode=max</c>, say, or <c>sbom</c>.</summary>
    /// <param name="attestations">Comma-separated attributes by type; empty for none.</param>
    /// <exception cref="WharfException">InvalidArgument: a type, an attribute or a value that there is not, by its name.</exception>
    public static AttestationOptions Parse(IReadOnlyDictionary<string, string> attestations)
    {
        var options = None;
        foreach ((string type, string attributes) in attestations)
        {
            var values = attributes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(a => a.Split('=', 2)).ToDictionary(a => a[0], a => a.Length > 1 ? a[1] : "true");
            bool isOff = values.Remove("disabled", out string? disabled) && Flag("disabled", disabled);
            options = type switch
            {
                "provenance" when isOff => options with { Provenance = null },
                "provenance" => options with { Provenance = ProvenanceOptions.Parse(values) },
                "sbom" when isOff => options with { Sbom = false },
                "sbom" when values.Count == 0 => options with { Sbom = true },
                "sbom" => throw WharfException.Invalid($"attestation type=sbom does not support the attribute \"{values.Keys.First()}\": the engine looks for packages by itself"),
                _ => throw WharfException.Invalid($"unsupported attestation type \"{type}\": use provenance or sbom"),
            };
        }

        return options;
    }

    internal static bool Flag(string name, string value) => value switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw WharfException.Invalid($"invalid value \"{value}\" for {name}: use true or false"),
    };
}

/// <summary>How much is said of how an image came to be.</summary>
/// <param name="IsMax">Also what was given to the build: values of arguments, ids of secrets, the Dockerfile, its steps.</param>
/// <param name="BuilderId">URI of who built; empty when the builder has no name.</param>
/// <param name="IsReproducible">The user says that the same input gives the same image.</param>
public sealed record ProvenanceOptions(bool IsMax, string BuilderId, bool IsReproducible)
{
    /// <summary>In the form of SLSA provenance v0.2, for tools that know no newer one.</summary>
    public bool IsOld { get; init; }

    /// <param name="values">mode, version, builder-id, reproducible.</param>
    /// <exception cref="WharfException">InvalidArgument, by name.</exception>
    public static ProvenanceOptions Parse(IReadOnlyDictionary<string, string> values)
    {
        if (values.Keys.FirstOrDefault(k => k is not ("mode" or "version" or "builder-id" or "reproducible")) is { } unknown)
        {
            throw WharfException.Invalid($"attestation type=provenance does not support the attribute \"{unknown}\"");
        }

        string version = values.GetValueOrDefault("version") ?? "v1";
        return version is not ("v1" or "v0.2") ? throw WharfException.Invalid($"unsupported provenance version \"{version}\": use v1 or v0.2")
            : new ProvenanceOptions(
                values.GetValueOrDefault("mode") switch
                {
                    null or "min" => false,
                    "max" => true,
                    var other => throw WharfException.Invalid($"unsupported provenance mode \"{other}\": use min or max"),
                },
                values.GetValueOrDefault("builder-id") ?? "",
                values.TryGetValue("reproducible", out string? said) && AttestationOptions.Flag("reproducible", said)) { IsOld = version == "v0.2" };
    }
}
