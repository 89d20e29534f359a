namespace Wharf.Api.System;

/// <summary>Something that a check of the data root found (<c>POST /system/check</c>, which only this engine has).</summary>
public sealed class StorageProblem
{
    /// <summary>A digest, a layer's chain id, a container's id or an image's name.</summary>
    public string? Subject { get; set; }

    public string? Problem { get; set; }

    /// <summary>What was done about it; null when nothing was asked for.</summary>
    public string? Repair { get; set; }
}
