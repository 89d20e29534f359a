namespace Wharf.Daemon.Options;

/// <summary>A proxy's address may carry a password, which neither a log nor info shows.</summary>
internal static class ProxyAddress
{
    public static string Masked(string? proxy) =>
        string.IsNullOrEmpty(proxy) ? string.Empty
        : Uri.TryCreate(proxy, UriKind.Absolute, out Uri? uri) && uri.UserInfo.Length > 0
            ? proxy.Replace(uri.UserInfo + "@", "xxxxx:xxxxx@", StringComparison.Ordinal)
            : proxy;
}
