namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>Identity</c>.</summary>
public sealed class ImageIdentity
{
    public List<SignatureIdentity>? Signature { get; set; }

    public List<PullIdentity>? Pull { get; set; }

    public List<BuildIdentity>? Build { get; set; }
}
