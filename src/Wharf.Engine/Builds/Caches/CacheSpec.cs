using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Engine.Builds.Caches;

/// <summary>One <c>--cache-from</c> or <c>--cache-to</c> as it comes over the API: <c>type=…,attribute=value</c>.</summary>
/// <param name="Type">registry, inline; upload for a layout that the client sent before.</param>
/// <param name="Reference">Of a registry's cache.</param>
public sealed record CacheSpec(string Type, ImageReference? Reference)
{
    private static readonly string[] FromAttributes = ["ref", "id"], ToAttributes = ["ref", "mode", "compression", "compression-level", "force-compression", "oci-mediatypes", "image-manifest", "ignore-error"];

    /// <summary>Id of an upload.</summary>
    public string Upload { get; init; } = "";

    /// <summary>mode=max: the steps of all stages.</summary>
    public bool IsMax { get; init; }

    /// <summary>An export that fails is no failure of the build.</summary>
    public bool IgnoresErrors { get; init; }

    public LayerPacking Packing { get; init; } = LayerPacking.Usual;

    /// <summary>Tells an entry with attributes from the plain name of an image.</summary>
    public static bool HasAttributes(string text) => text.Contains('=');

    /// <exception cref="WharfException">InvalidArgument: a type, an attribute or a value that there is not, by its name.</exception>
    public static CacheSpec From(string text) => Parse(text, "cache-from", FromAttributes, ["registry", "upload"]);

    /// <exception cref="WharfException">InvalidArgument: a type, an attribute or a value that there is not, by its name.</exception>
    public static CacheSpec To(string text) => Parse(HasAttributes(text) ? text : "type=registry,ref=" + text, "cache-to", ToAttributes, ["registry", "inline"]);

    private static CacheSpec Parse(string text, string flag, string[] attributes, string[] types)
    {
        var values = text.Split(',').Select(f => f.Split('=', 2)).DistinctBy(f => f[0]).ToDictionary(f => f[0].Trim(), f => f.Length > 1 ? f[1] : "");
        string type = values.GetValueOrDefault("type") ?? "";
        if (!types.Contains(type))
        {
            throw WharfException.Invalid($"{flag} {text} is not supported: type={type}");
        }

        if (values.Keys.FirstOrDefault(k => k != "type" && !attributes.Contains(k)) is { } unknown)
        {
            throw WharfException.Invalid($"{flag} type={type} does not support the attribute \"{unknown}\"");
        }

        bool Flag(string name, bool otherwise) => !values.TryGetValue(name, out string? value) ? otherwise : value switch
        {
            "true" or "1" => true,
            "false" or "0" => false,
            _ => throw WharfException.Invalid($"invalid value \"{value}\" for {name} in {flag} {text}"),
        };
        if (!Flag("oci-mediatypes", true) || !Flag("image-manifest", true))
        {
            throw WharfException.Invalid($"{flag} {text} is not supported: a cache is an OCI image manifest");
        }

        if (type == "registry" && values.GetValueOrDefault("ref") is not { Length: > 0 })
        {
            throw WharfException.Invalid($"{flag} {text} needs a ref");
        }

        return new CacheSpec(type, type == "registry" ? ImageReference.Parse(values["ref"]).WithDefaultTag() : null)
        {
            Upload = values.GetValueOrDefault("id") ?? "",
            IsMax = values.GetValueOrDefault("mode") switch
            {
                null or "min" => false,
                "max" when type == "inline" => throw WharfException.Invalid("cache-to type=inline does not support mode=max: the image holds the steps that led to it"),
                "max" => true,
                var other => throw WharfException.Invalid($"unsupported mode=\"{other}\" in {flag} {text}: use min or max"),
            },
            IgnoresErrors = Flag("ignore-error", false),
            Packing = LayerPacking.Parse(values.GetValueOrDefault("compression"), values.GetValueOrDefault("compression-level"), Flag("force-compression", false), oci: true),
        };
    }
}
