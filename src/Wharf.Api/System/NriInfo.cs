namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>NRIInfo</c>.</summary>
public sealed class NriInfo
{
    public List<List<string>>? Info { get; set; }
}
