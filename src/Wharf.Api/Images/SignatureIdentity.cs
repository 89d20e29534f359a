namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>SignatureIdentity</c>.</summary>
public sealed class SignatureIdentity
{
    public string? Name { get; set; }

    public List<SignatureTimestamp>? Timestamps { get; set; }

    public string? KnownSigner { get; set; }

    public string? DockerReference { get; set; }

    public SignerIdentity? Signer { get; set; }

    public string? SignatureType { get; set; }

    public string? Error { get; set; }

    public List<string>? Warnings { get; set; }
}
