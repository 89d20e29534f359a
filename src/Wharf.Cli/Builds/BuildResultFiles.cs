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
    /// <param name="ct">Ends it.</param>
    public static async Task WriteAsync(Invocation call, string imageId, string buildId, IReadOnlyList<string> names, string? pushedDigest, CancellationToken ct)
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
            Write(metadata, await MetadataAsync(call, imageId, buildId, names, pushedDigest, ct));
        }
    }

    private static void Write(string file, byte[] content) => AtomicFile.Write(Path.GetFullPath(file), content, Mode, durable: false);

    /// <summary>The keys that buildx writes.</summary>
    private static async Task<byte[]> MetadataAsync(Invocation call, string imageId, string buildId, IReadOnlyList<string> names, string? pushedDigest, CancellationToken ct)
    {
        using JsonDocument image = JsonDocument.Parse(await call.Cli.Client.InspectImageRawAsync(imageId, [], ct));
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true, Encoder = GoJsonEncoder.Instance }))
        {
            writer.WriteStartObject();
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
