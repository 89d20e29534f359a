using System.Text;

namespace Wharf.Build.Sources;

/// <summary>
/// Credentials for fetching, which are secrets of the build by name: <c>HTTP_AUTH_TOKEN_HOST</c> and <c>HTTP_AUTH_HEADER_HOST</c> for files,
/// <c>GIT_AUTH_TOKEN[.HOST]</c> and <c>GIT_AUTH_HEADER[.HOST]</c> for repositories (Dockerfile reference, "ADD private files", "Git auth").
/// </summary>
internal static class SourceSecrets
{
    /// <summary>The Authorization header for a URL, or null.</summary>
    public static string? HttpHeader(IReadOnlyDictionary<string, byte[]> secrets, string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            return null;
        }

        return Text(secrets, "HTTP_AUTH_HEADER_" + address.Host) ?? (Text(secrets, "HTTP_AUTH_TOKEN_" + address.Host) is { } token ? "Bearer " + token : null);
    }

    public static string? GitHeader(IReadOnlyDictionary<string, byte[]> secrets, string host)
    {
        if ((Text(secrets, "GIT_AUTH_HEADER." + host) ?? Text(secrets, "GIT_AUTH_HEADER")) is { } header)
        {
            return header;
        }

        return (Text(secrets, "GIT_AUTH_TOKEN." + host) ?? Text(secrets, "GIT_AUTH_TOKEN")) is { } token
            ? "basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("x-access-token:" + token)) : null;
    }

    private static string? Text(IReadOnlyDictionary<string, byte[]> secrets, string id) => secrets.TryGetValue(id, out byte[]? value) ? Encoding.UTF8.GetString(value).Trim() : null;
}
