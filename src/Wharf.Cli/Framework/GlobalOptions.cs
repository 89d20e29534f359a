using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Framework;

/// <summary>The flags before the command's name.</summary>
internal static class GlobalOptions
{
    public static Flag[] Declare(string configDirectory) =>
    [
        new("config", FlagKind.String, "Location of client config files", configDirectory),
        new("context", 'c', FlagKind.String, "Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with \"docker context use\")"),
        new("debug", 'D', FlagKind.Bool, "Enable debug mode"),
        new("host", 'H', FlagKind.List, "Daemon socket to connect to"),
        new("log-level", 'l', FlagKind.String, "Set the logging level (\"debug\", \"info\", \"warn\", \"error\", \"fatal\")", "info"),
        new("tls", FlagKind.Bool, "Use TLS; implied by --tlsverify"),
        new("tlscacert", FlagKind.String, "Trust certs signed only by this CA", Path.Combine(configDirectory, "ca.pem")),
        new("tlscert", FlagKind.String, "Path to TLS certificate file", Path.Combine(configDirectory, "cert.pem")),
        new("tlskey", FlagKind.String, "Path to TLS key file", Path.Combine(configDirectory, "key.pem")),
        new("tlsverify", FlagKind.Bool, "Use TLS and verify the remote"),
        new("version", 'v', FlagKind.Bool, "Print version information and quit"),
    ];
}
