using System.Text.Json.Serialization;
using Wharf.Api.Containers;
using Wharf.Api.Execs;

namespace Wharf.Api.Json;

/// <summary>
/// Writers of the requests that short commands send, without the descriptions of types that a reader needs: making those for a container's
/// some hundred settings takes a client longer than everything else it does.
/// </summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerCreateRequest))]
[JsonSerializable(typeof(ExecCreateRequest))]
[JsonSerializable(typeof(ExecStartRequest))]
public sealed partial class RequestJsonContext : JsonSerializerContext;
