namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>RegistryServiceConfig</c>.</summary>
public sealed record RegistryServiceConfig
{
    public List<string>? InsecureRegistryCIDRs { get; set; }

    public Dictionary<string, IndexInfo>? IndexConfigs { get; set; }

    public List<string>? Mirrors { get; set; }
}
