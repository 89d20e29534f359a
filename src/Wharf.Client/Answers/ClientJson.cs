using System.Text.Json.Serialization;
using Wharf.Api.Builds;
using Wharf.Api.Containers;
using Wharf.Api.Images;
using Wharf.Api.Json;
using Wharf.Api.Networks;
using Wharf.Api.System;
using Wharf.Api.Volumes;

namespace Wharf.Client.Answers;

/// <summary>
/// The records that a client sends and reads, and no others: each type that a context describes is paid for at every start of the program,
/// whether the command needs it or not (docs/decisions/0022). Otherwise as <see cref="ApiJsonContext"/>.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNameCaseInsensitive = true,
    Converters = [typeof(NullableNumberConverter), typeof(NullableCounterConverter), typeof(NullableBooleanConverter)])]
[JsonSerializable(typeof(AuthResponse))]
[JsonSerializable(typeof(BuildEvent))]
[JsonSerializable(typeof(ContainerTopResponse))]
[JsonSerializable(typeof(ContainerUpdateRequest))]
[JsonSerializable(typeof(ContainerUpdateResponse))]
[JsonSerializable(typeof(DiskUsageResponse))]
[JsonSerializable(typeof(IdResponse))]
[JsonSerializable(typeof(List<AttestationStatement>))]
[JsonSerializable(typeof(List<ContainerSummary>))]
[JsonSerializable(typeof(List<FilesystemChange>))]
[JsonSerializable(typeof(List<ImageDeleteResponseItem>))]
[JsonSerializable(typeof(List<ImageHistoryResponseItem>))]
[JsonSerializable(typeof(List<ImageSummary>))]
[JsonSerializable(typeof(List<NetworkSummary>))]
[JsonSerializable(typeof(NetworkConnectRequest))]
[JsonSerializable(typeof(NetworkDisconnectRequest))]
[JsonSerializable(typeof(PublishedPorts))]
[JsonSerializable(typeof(Volume))]
[JsonSerializable(typeof(VolumeCreateRequest))]
[JsonSerializable(typeof(VolumeListResponse))]
public sealed partial class ClientJson : JsonSerializerContext;
