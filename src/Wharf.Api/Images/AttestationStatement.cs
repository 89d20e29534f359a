using System.Text.Json;

namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>AttestationStatement</c>.</summary>
public sealed class AttestationStatement
{
    public OciDescriptor? Descriptor { get; set; }

    public string? PredicateType { get; set; }

    public JsonElement? Statement { get; set; }
}
