using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Wharf.Primitives;

namespace Wharf.Oci.Images;

/// <summary>What an image runs on: OCI image specification, "Image Index", platform object.</summary>
public sealed record Platform
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; set; } = "";

    [JsonPropertyName("os")]
    public string Os { get; set; } = "";

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; set; }

    [JsonPropertyName("os.features")]
    public IReadOnlyList<string>? OsFeatures { get; set; }

    [JsonPropertyName("variant")]
    public string? Variant { get; set; }

    /// <summary>The platform of this machine.</summary>
    [JsonIgnore]
    public static Platform Host { get; } = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.Arm64 => new() { Os = "linux", Architecture = "arm64", Variant = "v8" },
        System.Runtime.InteropServices.Architecture.Arm => new() { Os = "linux", Architecture = "arm", Variant = "v7" },
        System.Runtime.InteropServices.Architecture.X86 => new() { Os = "linux", Architecture = "386" },
        System.Runtime.InteropServices.Architecture.X64 => new() { Os = "linux", Architecture = "amd64" },
        var other => new() { Os = "linux", Architecture = other.ToString().ToLowerInvariant() },
    };

    /// <summary>Parses <c>os[/arch[/variant]]</c>, or an architecture alone, and normalises the usual aliases (x86_64, aarch64, arm/v8).</summary>
    /// <exception cref="WharfException">InvalidArgument, naming the text.</exception>
    public static Platform Parse(string text)
    {
        string[] parts = text.Split('/');
        for (int index = 0; index < parts.Length; index++)
        {
            string part = parts[index];
            if (part.Length == 0 || !part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' || (c is '.' && index > 0)))
            {
                throw WharfException.Invalid(index == 0
                    ? $"\"{part}\" is an invalid OS component of \"{text}\": OSAndVersion specifier component must match \"^([A-Za-z0-9_-]+)(?:\\(([A-Za-z0-9_.-]*)\\))?$\": invalid argument"
                    : $"\"{part}\" is an invalid component of \"{text}\": platform specifier component must match \"^[A-Za-z0-9_.-]+$\": invalid argument");
            }
        }

        if (parts.Length > 3)
        {
            throw WharfException.Invalid($"\"{text}\": cannot parse platform specifier: invalid argument");
        }

        if (parts.Length == 1)
        {
            string one = parts[0].ToLowerInvariant();
            if (IsKnownOs(one))
            {
                return Host with { Os = one, Variant = one == Host.Os ? Host.Variant : null };
            }

            Platform alone = new Platform { Os = Host.Os, Architecture = one }.Normalized();
            return IsKnownArchitecture(alone.Architecture)
                ? alone
                : throw WharfException.Invalid($"\"{text}\": unknown operating system or architecture: invalid argument");
        }

        return new Platform
        {
            Os = parts[0].ToLowerInvariant(),
            Architecture = parts[1].ToLowerInvariant(),
            Variant = parts.Length == 3 ? parts[2].ToLowerInvariant() : null,
        }.Normalized();
    }

    /// <summary>This platform with aliases resolved and default variants spelled the way indexes spell them.</summary>
    public Platform Normalized()
    {
        (string architecture, string? variant) = (Architecture, string.IsNullOrEmpty(Variant) ? null : Variant) switch
        {
            ("i386" or "i686", var v) => ("386", v),
            ("x86_64" or "x86-64" or "amd64", var v) => ("amd64", v == "v1" ? null : v),
            ("aarch64" or "arm64", var v) => ("arm64", v is "8" or "v8" or null ? "v8" : v),
            ("armhf", _) => ("arm", "v7"),
            ("armel", _) => ("arm", "v6"),
            ("arm", null) => ("arm", "v7"),
            ("arm", { Length: 1 } v) => ("arm", "v" + v),
            var other => other,
        };
        return this with { Os = Os == "macos" ? "darwin" : Os, Architecture = architecture, Variant = variant };
    }

    /// <summary>True when an image of the platform <paramref name="image"/> satisfies a wish for this one.</summary>
    public bool Accepts(Platform image) => Rank(image) >= 0;

    /// <summary>How well an image of <paramref name="image"/> fits: -1 not at all, else the higher the better.</summary>
    public int Rank(Platform image)
    {
        Platform want = Normalized(), have = image.Normalized();
        if (want.Os != have.Os || want.Architecture != have.Architecture)
        {
            return -1;
        }

        if (want.Variant == have.Variant)
        {
            return 100;
        }

        // A newer arm runs code for the older ones; amd64 micro-architecture levels likewise.
        return want.Architecture is "arm" or "amd64"
            && Level(have.Variant) is var level && level <= Level(want.Variant) ? level : -1;
    }

    public override string ToString() => Os + "/" + Architecture + (string.IsNullOrEmpty(Variant) ? "" : "/" + Variant);

    private static int Level(string? variant) => variant is ['v', >= '0' and <= '9'] ? variant[1] - '0' : 1;

    private static bool IsKnownOs(string text) =>
        text is "linux" or "windows" or "darwin" or "macos" or "freebsd" or "netbsd" or "openbsd" or "solaris" or "illumos" or "plan9" or "aix" or "android" or "wasi" or "js";

    private static bool IsKnownArchitecture(string text) =>
        text is "386" or "amd64" or "arm" or "arm64" or "ppc64" or "ppc64le" or "mips" or "mipsle" or "mips64" or "mips64le"
            or "riscv64" or "s390x" or "loong64" or "wasm";
}
