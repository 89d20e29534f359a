namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>RegistryServiceConfig</c>.</summary>
public sealed class RegistryServiceConfig : Changeable<RegistryServiceConfig>
{
    /// <summary>Until 1.46, always empty.</summary>
    public List<string>? AllowNondistributableArtifactsCIDRs { get; set; }

    /// <summary>Until 1.46, always empty.</summary>
    public List<string>? AllowNondistributableArtifactsHostnames { get; set; }

    public List<string>? InsecureRegistryCIDRs { get; set; }

    public Dictionary<string, IndexInfo>? IndexConfigs { get; set; }

    public List<string>? Mirrors { get; set; }
}
