using System.Text.Json.Nodes;

namespace Wharf.Cli.Framework.Configuration;

/// <summary>The proxies of config.json: given to containers as variables and to builds as arguments, in both cases of letters.</summary>
internal static class ProxySettings
{
    private static readonly (string Member, string Variable)[] Known =
    [
        ("httpProxy", "HTTP_PROXY"), ("httpsProxy", "HTTPS_PROXY"), ("noProxy", "NO_PROXY"), ("ftpProxy", "FTP_PROXY"), ("allProxy", "ALL_PROXY"),
    ];

    /// <param name="config">The client's configuration.</param>
    /// <param name="host">The engine's address as the user wrote it; its own proxies go before the default ones.</param>
    public static IEnumerable<(string Name, string Value)> For(ConfigFile config, string host)
    {
        JsonObject? all = config.Object("proxies");
        if ((all?[host] ?? all?["default"]) is not JsonObject proxies)
        {
            yield break;
        }

        foreach ((string member, string variable) in Known)
        {
            if (proxies[member] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0)
            {
                yield return (variable, text);
                yield return (variable.ToLowerInvariant(), text);
            }
        }
    }
}
