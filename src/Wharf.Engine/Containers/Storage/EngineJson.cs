using System.Text.Json.Serialization;

namespace Wharf.Engine.Containers.Storage;

/// <summary>How the engine's rows are written. Members that hold their default are left out.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ContainerDefinition))]
[JsonSerializable(typeof(RunState))]
internal sealed partial class EngineJson : JsonSerializerContext;
