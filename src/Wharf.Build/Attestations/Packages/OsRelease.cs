namespace Wharf.Build.Attestations.Packages;

/// <summary>The distribution that an image is made of: os-release(5).</summary>
/// <param name="Id">debian, alpine …; empty when nothing says it.</param>
/// <param name="Version">Of the distribution.</param>
internal sealed record OsRelease(string Id, string Version)
{
    /// <summary>As package URLs name it: <c>debian-12</c>.</summary>
    public string? Distribution => Id.Length == 0 ? null : Version.Length == 0 ? Id : $"{Id}-{Version}";

    public static OsRelease Read(ImageFiles files)
    {
        string text = files.Text("etc/os-release") ?? files.Text("usr/lib/os-release") ?? "";
        string Value(string key) => text.Split('\n').FirstOrDefault(l => l.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..].Trim().Trim('"', '\'') ?? "";
        return new OsRelease(Value("ID"), Value("VERSION_ID"));
    }
}
