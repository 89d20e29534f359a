using System.Net;
using Wharf.Images.Transfers;

namespace Wharf.Images.Registries;

/// <summary>HTTP_PROXY, HTTPS_PROXY and NO_PROXY as Go reads them: loopback is never proxied; a name and password in the address are for the proxy.</summary>
internal sealed class ProxyRules(RegistryOptions options) : IWebProxy, ICredentials
{
    public ICredentials? Credentials
    {
        get => this;
        set => throw new NotSupportedException("the addresses of the proxies have their credentials");
    }

    public NetworkCredential? GetCredential(Uri uri, string authType)
    {
        string? user = new[] { options.HttpsProxy, options.HttpProxy }.Where(p => !string.IsNullOrEmpty(p)).Select(p => Address(p!))
            .FirstOrDefault(p => p.Authority == uri.Authority && p.UserInfo.Length > 0)?.UserInfo;
        int colon = user?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return user is null ? null
            : colon < 0 ? new NetworkCredential(Uri.UnescapeDataString(user), "")
            : new NetworkCredential(Uri.UnescapeDataString(user[..colon]), Uri.UnescapeDataString(user[(colon + 1)..]));
    }

    public static bool IsConfigured(RegistryOptions options) => !string.IsNullOrEmpty(options.HttpProxy) || !string.IsNullOrEmpty(options.HttpsProxy);

    public Uri? GetProxy(Uri destination)
    {
        string? proxy = destination.Scheme == "https" ? options.HttpsProxy : options.HttpProxy;
        return string.IsNullOrEmpty(proxy) ? null : new UriBuilder(Address(proxy)) { UserName = "", Password = "" }.Uri; // messages of the runtime name it
    }

    private static Uri Address(string proxy) => new(proxy.Contains("://", StringComparison.Ordinal) ? proxy : "http://" + proxy);

    public bool IsBypassed(Uri host) => GetProxy(host) is null || IsExcluded(host);

    private bool IsExcluded(Uri destination)
    {
        string host = destination.Host.Trim('[', ']');
        bool isAddress = IPAddress.TryParse(host, out IPAddress? address);
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (isAddress && IPAddress.IsLoopback(address!)))
        {
            return true;
        }

        foreach (string rule in (options.NoProxy ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string name = rule.StartsWith('.') ? rule[1..] : rule;
            if (rule == "*"
                || (isAddress && IPNetwork.TryParse(rule, out IPNetwork range) && range.Contains(address!))
                || name.Equals(host, StringComparison.OrdinalIgnoreCase) || name.Equals(destination.Authority, StringComparison.OrdinalIgnoreCase)
                || (!isAddress && host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }
}
