namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>SignatureTimestamp</c>.</summary>
public sealed class SignatureTimestamp
{
    public string? Type { get; set; }

    public string? URI { get; set; }

    public string? Timestamp { get; set; }
}
