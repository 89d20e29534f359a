using System.Text.Json.Serialization;

namespace Wharf.Oci.Runtime;

/// <summary>The runtime specification's records as JSON: camel case, absent instead of null.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RuntimeSpec))]
[JsonSerializable(typeof(ContainerState))]
[JsonSerializable(typeof(RuntimeFeatures))]
public sealed partial class RuntimeJson : JsonSerializerContext;
