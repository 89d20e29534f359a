using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Wharf.Primitives;
using Wharf.Registry.Storage;

namespace Wharf.Registry.Http;

/// <summary>The addresses that answers hand out.</summary>
/// <param name="host">The address that stands before every path, when the operator gave one.</param>
/// <param name="relative">Paths alone, which are right behind any proxy; else the scheme and host of the request stand before them.</param>
/// <param name="secret">Signs the addresses of uploads when given: one that was not handed out is then unknown. Empty for none.</param>
internal sealed class Links(string? host, bool relative, string secret)
{
    private const string State = "_state";
    private readonly byte[] _key = Encoding.UTF8.GetBytes(secret);

    public string Blob(HttpRequest request, string repository, Digest digest) => Base(request) + $"/v2/{repository}/blobs/{digest}";

    public string Manifest(HttpRequest request, string repository, Digest digest) => Base(request) + $"/v2/{repository}/manifests/{digest}";

    public string Upload(HttpRequest request, Upload upload) =>
        Base(request) + $"/v2/{upload.Repository}/blobs/uploads/{upload.Id:D}" + (_key.Length > 0 ? $"?{State}={Sign(upload)}" : "");

    /// <exception cref="RegistryFault">The address of the upload is none that was handed out.</exception>
    public void Check(RegistryCall call, Upload upload)
    {
        if (_key.Length > 0 && !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(call.Query(State) ?? ""), Encoding.ASCII.GetBytes(Sign(upload))))
        {
            throw RegistryFault.UploadUnknown();
        }
    }

    private string Sign(Upload upload) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{upload.Repository}\n{upload.Id:D}")));

    private string Base(HttpRequest request)
    {
        if (host is { Length: > 0 })
        {
            return host.TrimEnd('/');
        }

        if (relative)
        {
            return "";
        }

        string scheme = request.Headers["X-Forwarded-Proto"].ToString() is "https" ? "https" : request.Scheme;
        return $"{scheme}://{request.Host.Value}";
    }
}
