using System.Text.Json;

namespace Wharf.Build.Attestations.Packages;

/// <summary>JSON that comes out of an image: anything may be missing, or be something else than it should.</summary>
internal static class JsonFile
{
    /// <summary>Null for what is no JSON object.</summary>
    public static JsonDocument? Parse(byte[]? bytes)
    {
        if (bytes is null)
        {
            return null;
        }

        try
        {
            ReadOnlyMemory<byte> text = bytes.AsSpan().StartsWith<byte>([0xef, 0xbb, 0xbf]) ? bytes.AsMemory(3) : bytes;
            var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null; // a file that only looks like a package's
        }
    }

    public static string? Text(JsonElement parent, string name) => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
        ? value.GetString() : null;

    /// <summary>The members of an object; none when it is something else.</summary>
    public static IEnumerable<JsonProperty> Members(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : [];
}
