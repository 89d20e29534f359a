using System.Text;
using System.Text.Json;
using Wharf.Build.Execution;
using Wharf.Build.Stages;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Attestations;

/// <summary>
/// How an image came to be: SLSA provenance v1 with the parameters and members that BuildKit's build type defines ("SLSA definitions"). What is secret
/// is told by its id at most, and only with mode=max.
/// </summary>
internal sealed partial class ProvenancePredicate(BuildRequest request, StageGraph graph, BuildRecord record, ProvenanceOptions options)
{
    public const string Type = "https://slsa.dev/provenance/v1";

    /// <summary>The type of the predicate that the options ask for.</summary>
    public static string TypeOf(ProvenanceOptions options) => options.IsOld ? OldType : Type;

    private const string BuildType = "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md";

    private readonly SecretFilter _filter = new(request.Secrets.Values);

    /// <param name="image">The result.</param>
    /// <param name="buildId">The client's id of the build, or one that is as good.</param>
    /// <param name="finished">When the image was done.</param>
    public byte[] Write(Digest image, string buildId, DateTimeOffset finished)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = GoJsonEncoder.Instance }))
        {
            writer.WriteStartObject();
            if (options.IsOld)
            {
                WriteOld(writer, buildId, finished);
                writer.WriteEndObject();
                writer.Flush();
                return memory.ToArray();
            }

            writer.WriteStartObject("buildDefinition");
            writer.WriteString("buildType", BuildType);
            WriteExternal(writer);
            WriteInternal(writer);
            WriteMaterials(writer, "resolvedDependencies");
            writer.WriteEndObject();
            writer.WriteStartObject("runDetails");
            writer.WriteStartObject("builder");
            writer.WriteString("id", options.BuilderId);
            writer.WriteEndObject();
            WriteMetadata(writer, image, buildId, finished);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return memory.ToArray();
    }

    private void WriteExternal(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("externalParameters");
        WriteSource(writer, "path");
        WriteRequest(writer, "request");
        writer.WriteEndObject();
    }

    private void WriteSource(Utf8JsonWriter writer, string pathName)
    {
        writer.WriteStartObject("configSource");
        if (request.Source is { } source)
        {
            writer.WriteString("uri", source.Uri);
            WriteDigest(writer, source.Algorithm, source.Hex);
        }

        writer.WriteString(pathName, request.DockerfileName);
        writer.WriteEndObject();
    }

    private void WriteRequest(Utf8JsonWriter writer, string memberName)
    {
        writer.WriteStartObject(memberName);
        writer.WriteString("frontend", "dockerfile.v0");
        writer.WriteStartObject("args");
        foreach ((string name, string value) in Arguments().OrderBy(a => a.Name, StringComparer.Ordinal))
        {
            writer.WriteString(name, _filter.Clean(value));
        }

        writer.WriteEndObject();
        if (options.IsMax)
        {
            WriteIds(writer, "secrets", request.Secrets.Keys);
            WriteIds(writer, "ssh", request.Agents?.Ids ?? []);
        }

        if (request.Source is null)
        {
            writer.WriteStartArray("locals");
            foreach (string local in new[] { "context", "dockerfile" })
            {
                writer.WriteStartObject();
                writer.WriteString("name", local);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>By the names that BuildKit's frontend has for them.</summary>
    private IEnumerable<(string Name, string Value)> Arguments()
    {
        if (request.Target is { Length: > 0 } target)
        {
            yield return ("target", target);
        }

        if (request.Platform is { Length: > 0 } platform)
        {
            yield return ("platform", platform);
        }

        if (request.NoCache)
        {
            yield return ("no-cache", "");
        }

        if (request.Network != "default")
        {
            yield return ("force-network-mode", request.Network);
        }

        foreach ((string name, NamedContext context) in request.NamedContexts)
        {
            yield return ("context:" + name, context.Image is { } image ? "docker-image://" + image : "local:" + name);
        }

        if (!options.IsMax)
        {
            yield break;
        }

        foreach ((string name, string? value) in request.Arguments.Where(a => a.Value is not null))
        {
            yield return ("build-arg:" + name, value!);
        }

        foreach ((string name, string value) in request.Labels)
        {
            yield return ("label:" + name, value);
        }
    }

    private static void WriteIds(Utf8JsonWriter writer, string name, IEnumerable<string> ids)
    {
        var sorted = ids.Order(StringComparer.Ordinal).ToList();
        if (sorted.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (string id in sorted)
        {
            writer.WriteStartObject();
            writer.WriteString("id", id);
            writer.WriteBoolean("optional", true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteInternal(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("internalParameters");
        WriteSteps(writer);
        writer.WriteString("builderPlatform", Platform.Host.ToString());
        writer.WriteEndObject();
    }

    private void WriteSteps(Utf8JsonWriter writer)
    {
        if (options.IsMax)
        {
            writer.WriteStartObject("buildConfig");
            writer.WriteStartArray("steps");
            int number = 0;
            foreach (Stage stage in graph.Stages)
            {
                foreach (var instruction in stage.Instructions.Prepend(stage.From))
                {
                    writer.WriteStartObject();
                    writer.WriteString("id", $"step{number++}");
                    writer.WriteString("stage", stage.Name ?? $"stage-{stage.Index}");
                    writer.WriteNumber("line", instruction.Lines.Start);
                    writer.WriteString("instruction", _filter.Clean(instruction.Original));
                    writer.WriteEndObject();
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }

    private void WriteMaterials(Utf8JsonWriter writer, string memberName)
    {
        writer.WriteStartArray(memberName);
        foreach (BuildMaterial material in record.Materials)
        {
            writer.WriteStartObject();
            writer.WriteString("uri", material.Uri);
            WriteDigest(writer, material.Algorithm, material.Hex);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteMetadata(Utf8JsonWriter writer, Digest image, string buildId, DateTimeOffset finished)
    {
        writer.WriteStartObject("metadata");
        writer.WriteString("invocationId", buildId);
        writer.WriteString("startedOn", Rfc3339.Format(record.Started));
        writer.WriteString("finishedOn", Rfc3339.Format(finished));
        WriteBuilderMetadata(writer, "buildkit_metadata");
        if (IsHermetic)
        {
            writer.WriteBoolean("buildkit_hermetic", true);
        }

        writer.WriteStartObject("buildkit_completeness");
        writer.WriteBoolean("request", options.IsMax);

        // Files of the client have no address that anybody else could look at.
        writer.WriteBoolean("resolvedDependencies", request.Source is not null);
        writer.WriteEndObject();
        if (options.IsReproducible)
        {
            writer.WriteBoolean("buildkit_reproducible", true);
        }

        writer.WriteEndObject();
        writer.WriteStartArray("byproducts");
        writer.WriteStartObject();
        writer.WriteString("name", "image configuration");
        WriteDigest(writer, image.Algorithm, image.Encoded);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private bool IsHermetic => request.Network == "none";

    private void WriteBuilderMetadata(Utf8JsonWriter writer, string memberName)
    {
        writer.WriteStartObject(memberName);
        if (options.IsMax)
        {
            writer.WriteStartObject("source");
            writer.WriteStartArray("infos");
            writer.WriteStartObject();
            writer.WriteString("filename", request.DockerfileName);
            writer.WriteString("language", "Dockerfile");
            writer.WriteBase64String("data", Encoding.UTF8.GetBytes(_filter.Clean(request.Dockerfile)));
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        if (request.VersionControl.Count > 0)
        {
            writer.WriteStartObject("vcs");
            foreach ((string name, string value) in request.VersionControl.OrderBy(v => v.Key, StringComparer.Ordinal))
            {
                writer.WriteString(name, _filter.Clean(value));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteDigest(Utf8JsonWriter writer, string algorithm, string hex)
    {
        writer.WriteStartObject("digest");
        writer.WriteString(algorithm, hex);
        writer.WriteEndObject();
    }
}
