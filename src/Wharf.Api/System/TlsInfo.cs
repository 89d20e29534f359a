namespace Wharf.Api.System;

/// <summary>Engine API 1.55, definition <c>TLSInfo</c>.</summary>
public sealed class TlsInfo
{
    public string? TrustRoot { get; set; }

    public string? CertIssuerSubject { get; set; }

    public string? CertIssuerPublicKey { get; set; }
}
