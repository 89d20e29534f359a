namespace Wharf.Api.Images;

/// <summary>Engine API 1.55, definition <c>SignerIdentity</c>.</summary>
public sealed class SignerIdentity
{
    public string? CertificateIssuer { get; set; }

    public string? SubjectAlternativeName { get; set; }

    public string? Issuer { get; set; }

    public string? BuildSignerURI { get; set; }

    public string? BuildSignerDigest { get; set; }

    public string? RunnerEnvironment { get; set; }

    public string? SourceRepositoryURI { get; set; }

    public string? SourceRepositoryDigest { get; set; }

    public string? SourceRepositoryRef { get; set; }

    public string? SourceRepositoryIdentifier { get; set; }

    public string? SourceRepositoryOwnerURI { get; set; }

    public string? SourceRepositoryOwnerIdentifier { get; set; }

    public string? BuildConfigURI { get; set; }

    public string? BuildConfigDigest { get; set; }

    public string? BuildTrigger { get; set; }

    public string? RunInvocationURI { get; set; }

    public string? SourceRepositoryVisibilityAtSigning { get; set; }
}
