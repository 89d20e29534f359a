using System.Text.Json;
using System.Text.Json.Serialization;
using Wharf.Api.Containers;
using Wharf.Api.Execs;

namespace Wharf.Api.Json;

/// <summary>
/// Writers of the requests that short commands send, without the descriptions of types that <see cref="JsonSerializer"/> works by: making those
/// for a container's some hundred settings takes a client longer than everything else it does.
/// </summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerCreateRequest))]
[JsonSerializable(typeof(ExecCreateRequest))]
[JsonSerializable(typeof(ExecStartRequest))]
public sealed partial class RequestJsonContext : JsonSerializerContext
{
    public static void Write(Utf8JsonWriter writer, ContainerCreateRequest request) => Default.ContainerCreateRequestSerializeHandler(writer, request);

    public static void Write(Utf8JsonWriter writer, ExecCreateRequest request) => Default.ExecCreateRequestSerializeHandler(writer, request);

    public static void Write(Utf8JsonWriter writer, ExecStartRequest request) => Default.ExecStartRequestSerializeHandler(writer, request);
}
