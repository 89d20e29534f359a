using System.Text.Json;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>Reads an OCI layout in a folder.</summary>
internal static class Layout
{
    /// <summary>What the only name in it points to.</summary>
    public static string Top(string folder) => Entry(folder).GetProperty("digest").GetString()!;

    /// <summary>The document that the only name in it points to.</summary>
    public static JsonElement Index(string folder) => Blob(folder, Entry(folder));

    public static JsonElement Blob(string folder, JsonElement descriptor) => Read(BlobPath(folder, descriptor));

    public static string BlobPath(string folder, JsonElement descriptor) =>
        Path.Combine(folder, "blobs", descriptor.GetProperty("digest").GetString()!.Replace(':', '/'));

    /// <summary>A statement speaks of the manifest.</summary>
    public static void AssertSubject(JsonElement statement, JsonElement manifest) => Assert.All(statement.GetProperty("subject").EnumerateArray(), s =>
        Assert.Equal(manifest.GetProperty("digest").GetString(), "sha256:" + s.GetProperty("digest").GetProperty("sha256").GetString()));

    private static JsonElement Entry(string folder) => Assert.Single(Read(Path.Combine(folder, "index.json")).GetProperty("manifests").EnumerateArray());

    private static JsonElement Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }
}
