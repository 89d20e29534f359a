using System.Text.Json;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Attestations;

/// <summary>How an image came to be in the form of SLSA provenance v0.2, with the members that BuildKit has in it: the same facts in other places.</summary>
internal sealed partial class ProvenancePredicate
{
    /// <summary>The type of the old form.</summary>
    public const string OldType = "https://slsa.dev/provenance/v0.2";

    private const string OldBuildType = "https://mobyproject.org/buildkit@v1";

    private void WriteOld(Utf8JsonWriter writer, string buildId, DateTimeOffset finished)
    {
        writer.WriteStartObject("builder");
        writer.WriteString("id", options.BuilderId);
        writer.WriteEndObject();
        writer.WriteString("buildType", OldBuildType);
        WriteMaterials(writer, "materials");
        writer.WriteStartObject("invocation");
        WriteSource(writer, "entryPoint");
        WriteRequest(writer, "parameters");
        writer.WriteStartObject("environment");
        writer.WriteString("platform", Platform.Host.ToString());
        writer.WriteEndObject();
        writer.WriteEndObject();
        WriteSteps(writer);
        writer.WriteStartObject("metadata");
        writer.WriteString("buildInvocationID", buildId);
        writer.WriteString("buildStartedOn", Rfc3339.Format(record.Started));
        writer.WriteString("buildFinishedOn", Rfc3339.Format(finished));
        writer.WriteStartObject("completeness");
        writer.WriteBoolean("parameters", options.IsMax);
        writer.WriteBoolean("environment", true);
        writer.WriteBoolean("materials", request.Source is not null);
        writer.WriteEndObject();
        writer.WriteBoolean("reproducible", options.IsReproducible);
        if (IsHermetic)
        {
            writer.WriteBoolean(OldBuildType + "#hermetic", true);
        }

        WriteBuilderMetadata(writer, OldBuildType + "#metadata");
        writer.WriteEndObject();
    }
}
