using System.Text.Json.Serialization;
using Wharf.Oci.Runtime;

namespace Wharf.Runtime.Shims;

/// <summary>The records that cross a shim's socket as JSON: the OCI types in their own form, absent instead of null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ShimTask))]
[JsonSerializable(typeof(ShimExec))]
[JsonSerializable(typeof(LinuxResources))]
public sealed partial class ShimJson : JsonSerializerContext;
