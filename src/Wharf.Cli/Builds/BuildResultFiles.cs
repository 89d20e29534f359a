using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework.Commands;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

/// <summary>What a build leaves for programs: <c>--iidfile</c> and <c>--metadata-file</c>.</summary>
internal static class BuildResultFiles
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <param name="call">The command.</param>
    /// <param name="imageId">Of the result.</param>
    /// <param name="buildId">Of the build.</param>
    /// <param name="names">Of the image.</param>
    /// <param name="pushedDigest">Of the image in a registry, or null.</param>
    /// <param name="provenance">How the image came to be, JSON; null for nothing.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task WriteAsync(Invocation call, string imageId, string buildId, IReadOnlyList<string> names, string? pushedDigest, string? provenance, CancellationToken ct)
    {
        if (call.String("iidfile") is { Length: > 0 } file)
        {
            if (imageId.Length == 0)
            {
                throw new CommandException($"server did not provide an image ID. Cannot write {file}");
            }

            Write(file, Encoding.ASCII.GetBytes(imageId));
        }

        if (call.String("metadata-file") is { Length: > 0 } metadata)
        {
            Write(metadata, await MetadataAsync(call, imageId, buildId, names, pushedDigest, provenance, ct));
        }
    }

    /// <summary>What the metadata is to say of provenance: <c>BUILDX_METADATA_PROVENANCE</c>, as with buildx. Null for nothing.</summary>
    /// <exception cref="CommandException">Another value than min, max and disabled.</exception>
    public static string? ProvenanceMode(Invocation call)
    {
        if (call.String("metadata-file").Length == 0)
        {
            return null;
        }

        return call.Cli.Env("BUILDX_METADATA_PROVENANCE") switch
        {
            null or "" or "min" or "true" or "1" => "min",
            "max" => "max",
            "disabled" or "false" or "0" => null,
            var other => throw new CommandException($"invalid BUILDX_METADATA_PROVENANCE \"{other}\": use min, max or disabled"),
        };
    }

    private static void Write(string file, byte[] content) => AtomicFile.Write(Path.GetFullPath(file), content, Mode, durable: false);

    /// <summary>The keys that buildx writes.</summary>
    private static async Task<byte[]> MetadataAsync(Invocation call, string imageId, string buildId, IReadOnlyList<string> names, string? pushedDigest, string? provenance, CancellationToken ct)
    {
        using JsonDocument image = JsonDocument.Parse(await call.Cli.Client.InspectImageRawAsync(imageId, [], ct));
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true, Encoder = GoJsonEncoder.Instance }))
        {
            writer.WriteStartObject();
            if (provenance is not null)
            {
                writer.WritePropertyName("buildx.build.provenance");
                using JsonDocument predicate = JsonDocument.Parse(provenance);
                predicate.RootElement.WriteTo(writer);
            }

            writer.WriteString("buildx.build.ref", $"default/default/{buildId}");
            writer.WriteString("containerimage.config.digest", imageId);
            if (image.RootElement.TryGetProperty("Descriptor", out JsonElement descriptor) && descriptor.ValueKind == JsonValueKind.Object)
            {
                writer.WritePropertyName("containerimage.descriptor");
                descriptor.WriteTo(writer);
                pushedDigest ??= descriptor.GetProperty("digest").GetString();
            }

            writer.WriteString("containerimage.digest", pushedDigest ?? imageId);
            if (names.Count > 0)
            {
                writer.WriteString("image.name", string.Join(',', names.Select(n => ImageReference.Parse(n).WithDefaultTag().ToString())));
            }

            writer.WriteEndObject();
        }

        return memory.ToArray();
    }
}
