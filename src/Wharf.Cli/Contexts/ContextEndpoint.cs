using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;
using Wharf.Cli.Containers.Creation;
using Wharf.Client.Transports;
using Wharf.Primitives;

namespace Wharf.Cli.Contexts;

/// <summary>The value of <c>--docker</c>: <c>host=…,ca=…,cert=…,key=…,skip-tls-verify=…,from=…</c>.</summary>
internal static class ContextEndpoint
{
    private static readonly string[] Keys = ["from", "host", "ca", "cert", "key", "skip-tls-verify"];

    /// <exception cref="CommandException">The endpoint is described wrongly.</exception>
    public static NamedContext Apply(NamedContext context, IReadOnlyList<string> pairs, Framework.CliContext cli)
    {
        try
        {
            return Read(context, pairs, cli);
        }
        catch (Exception e) when (e is CommandException or WharfException)
        {
            throw new CommandException($"unable to create docker endpoint config: {e.Message}");
        }
    }

    private static NamedContext Read(NamedContext context, IReadOnlyList<string> pairs, Framework.CliContext cli)
    {
        Dictionary<string, string> options = KeyValues.ToMap(pairs);
        foreach (string key in options.Keys)
        {
            if (!Keys.Contains(key))
            {
                throw new CommandException($"unrecognized config key: {key}");
            }
        }

        if (options.TryGetValue("from", out string? from))
        {
            return Copy(context, from, cli) with { Description = context.Description };
        }

        bool skip = options.TryGetValue("skip-tls-verify", out string? text)
            && (bool.TryParse(text, out bool flag) ? flag : throw new CommandException($"skip-tls-verify: parsing \"{text}\": invalid syntax"));
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string kind in (string[])["ca", "cert", "key"])
        {
            if (options.TryGetValue(kind, out string? path) && path.Length > 0)
            {
                files[kind + ".pem"] = Images.InputFile.ReadAll(Expand(path));
            }
        }

        string host = options.GetValueOrDefault("host", "");
        if (host.Length > 0)
        {
            if (!host.Contains("://", StringComparison.Ordinal))
            {
                throw new CommandException($"unable to apply docker endpoint options: unable to parse docker host `{host}`");
            }

            Endpoint.Parse(host);
        }

        return context with { Host = host, SkipTlsVerify = skip, TlsFiles = files };
    }

    /// <summary>The endpoint of another context, and its description unless there is one already.</summary>
    /// <exception cref="CommandException">There is none of that name.</exception>
    public static NamedContext Copy(NamedContext context, string from, Framework.CliContext cli)
    {
        NamedContext source = from == ContextStore.DefaultName ? new NamedContext(from, "", cli.ResolveEndpoint().Text, false) : cli.Contexts.Get(from);
        string description = context.Description.Length > 0 ? context.Description : source.Description;
        return context with { Description = description, Host = source.Host, SkipTlsVerify = source.SkipTlsVerify, TlsFiles = source.TlsFiles };
    }

    private static string Expand(string path) => path.StartsWith("~/", StringComparison.Ordinal)
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..])
        : path;
}
