using System.Text.Json.Serialization;
using Wharf.Api.Networks;
using Wharf.Api.Volumes;

namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>PluginsInfo</c>.</summary>
public sealed class PluginsInfo
{
    public List<string>? Volume { get; set; }

    public List<string>? Network { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public List<string>? Authorization { get; set; }

    public List<string>? Log { get; set; }
}
