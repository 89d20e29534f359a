using System.Text.Json.Serialization;
using Wharf.Api.Json;

namespace Wharf.Api.Containers;

/// <summary>A program and its arguments. Old clients, and people with curl, also send it as one string.</summary>
[JsonConverter(typeof(CommandWordsConverter))]
public sealed class CommandWords : List<string>;
