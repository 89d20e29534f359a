using System.Globalization;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>The ports of EXPOSE: <c>port[-port][/protocol]</c>; more before a colon is left out.</summary>
public static class PortSpecs
{
    /// <exception cref="WharfException">InvalidArgument naming the spec.</exception>
    public static IEnumerable<string> Parse(string spec)
    {
        int slash = spec.IndexOf('/');
        string protocol = slash < 0 ? "tcp" : spec[(slash + 1)..].ToLowerInvariant();
        if (protocol is not ("tcp" or "udp" or "sctp"))
        {
            throw WharfException.Invalid($"invalid proto: {protocol}");
        }

        // An address or a host's port before the container's is put up with, and means nothing (check ExposeInvalidFormat).
        string range = (slash < 0 ? spec : spec[..slash]).Split(':')[^1];
        int dash = range.IndexOf('-');
        int first = Port(dash < 0 ? range : range[..dash], spec), last = dash < 0 ? first : Port(range[(dash + 1)..], spec);
        if (last < first)
        {
            throw WharfException.Invalid($"invalid containerPort: {spec}: the range is upside down");
        }

        for (int port = first; port <= last; port++)
        {
            yield return $"{port}/{protocol}";
        }
    }

    private static int Port(string text, string spec) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 0 and <= 65535
            ? port
            : throw WharfException.Invalid($"invalid containerPort: {spec}");
}
