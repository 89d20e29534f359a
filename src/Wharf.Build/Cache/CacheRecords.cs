using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Build.Cache;

/// <summary>Steps of a build as they stand in a cache that leaves the engine: JSON, each with its key, what it was, and the image it made.</summary>
public static class CacheRecords
{
    /// <param name="steps">Steps that were run or found in the cache.</param>
    /// <param name="last">Image of the target's last step.</param>
    /// <param name="all">Steps of all stages, instead of those that led to the last image.</param>
    public static IReadOnlyList<BuildCacheEntry> Select(IReadOnlyCollection<BuildCacheEntry> steps, Digest last, bool all)
    {
        if (all)
        {
            return [.. steps.OrderBy(s => s.Created).ThenBy(s => s.Key.ToString(), StringComparer.Ordinal)];
        }

        var chain = new List<BuildCacheEntry>();
        for (Digest image = last; steps.FirstOrDefault(s => s.Image == image) is { } step && !chain.Contains(step); image = step.Parent)
        {
            chain.Add(step);
        }

        chain.Reverse();
        return chain;
    }

    public static byte[] Write(IReadOnlyList<BuildCacheEntry> steps)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = GoJsonEncoder.Instance }))
        {
            writer.WriteStartArray();
            foreach (BuildCacheEntry step in steps)
            {
                writer.WriteStartObject();
                writer.WriteString("key", step.Key.ToString());
                writer.WriteString("image", step.Image.ToString());
                writer.WriteString("kind", step.Kind);
                writer.WriteString("description", step.Description);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return memory.ToArray();
    }

    /// <summary>Images by the keys of the steps that made them.</summary>
    /// <exception cref="WharfException">InvalidArgument.</exception>
    public static IReadOnlyDictionary<Digest, Digest> Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            var images = new Dictionary<Digest, Digest>();
            foreach (JsonElement step in document.RootElement.EnumerateArray())
            {
                images[Digest.Parse(step.GetProperty("key").GetString() ?? "")] = Digest.Parse(step.GetProperty("image").GetString() ?? "");
            }

            return images;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw WharfException.Invalid($"invalid records in the build cache: {e.Message}", e);
        }
    }
}
