using System.Text.Json;
using Wharf.Cli.Framework;

namespace Wharf.Cli.Manifests;

/// <summary>What a manifest of a list is for.</summary>
internal sealed record ManifestPlatform(string Architecture, string Os)
{
    private static readonly HashSet<string> Known =
    [
        "darwin/386", "darwin/amd64", "darwin/arm", "darwin/arm64", "dragonfly/amd64", "freebsd/386", "freebsd/amd64", "freebsd/arm", "linux/386", "linux/amd64",
        "linux/arm", "linux/arm64", "linux/ppc64le", "linux/mips64", "linux/mips64le", "linux/riscv64", "linux/s390x", "netbsd/386", "netbsd/amd64", "netbsd/arm",
        "openbsd/386", "openbsd/amd64", "openbsd/arm", "plan9/386", "plan9/amd64", "solaris/amd64", "windows/386", "windows/amd64",
    ];

    public string OsVersion { get; init; } = "";

    public IReadOnlyList<string> OsFeatures { get; init; } = [];

    public string Variant { get; init; } = "";

    public bool IsKnown => Known.Contains($"{Os}/{Architecture}");

    public static ManifestPlatform Read(JsonElement json) => new(json.Text("architecture"), json.Text("os"))
    {
        OsVersion = json.Text("os.version"),
        OsFeatures = [.. json.Texts("os.features")],
        Variant = json.Text("variant"),
    };

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("platform");
        writer.WriteString("architecture", Architecture);
        writer.WriteString("os", Os);
        if (OsVersion.Length > 0)
        {
            writer.WriteString("os.version", OsVersion);
        }

        if (OsFeatures.Count > 0)
        {
            writer.WriteStartArray("os.features");
            foreach (string feature in OsFeatures)
            {
                writer.WriteStringValue(feature);
            }

            writer.WriteEndArray();
        }

        if (Variant.Length > 0)
        {
            writer.WriteString("variant", Variant);
        }

        writer.WriteEndObject();
    }
}
