using System.Net;
using Wharf.Images.Transfers;

namespace Wharf.Images.Registries;

/// <summary>HTTP_PROXY, HTTPS_PROXY and NO_PROXY as Go reads them: loopback is never proxied.</summary>
internal sealed class ProxyRules(RegistryOptions options) : IWebProxy
{
    public ICredentials? Credentials { get; set; }

    public static bool IsConfigured(RegistryOptions options) => !string.IsNullOrEmpty(options.HttpProxy) || !string.IsNullOrEmpty(options.HttpsProxy);

    public Uri? GetProxy(Uri destination)
    {
        string? proxy = destination.Scheme == "https" ? options.HttpsProxy : options.HttpProxy;
        return string.IsNullOrEmpty(proxy) ? null : new Uri(proxy.Contains("://", StringComparison.Ordinal) ? proxy : "http://" + proxy);
    }

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
