using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;
using Wharf.Primitives;

namespace Wharf.Cli.Registry;

/// <summary>What a registry is told of who we are.</summary>
internal sealed record RegistryAuth(string Server)
{
    public string User { get; init; } = "";

    public string Password { get; init; } = "";

    public string IdentityToken { get; init; } = "";

    /// <summary>The header X-Registry-Auth: base64url of JSON, with padding.</summary>
    public string ToHeader() => Base64Url.EncodeToString(ToJson()) is var text ? text.PadRight((text.Length + 3) / 4 * 4, '=') : "";

    public byte[] ToJson()
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
        {
            writer.WriteStartObject();
            Write(writer, "username", User);
            Write(writer, "password", Password);
            Write(writer, "serveraddress", User.Length + IdentityToken.Length > 0 ? Server : "");
            Write(writer, "identitytoken", IdentityToken);
            writer.WriteEndObject();
        }

        return memory.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, string value)
    {
        if (value.Length > 0)
        {
            writer.WriteString(name, value);
        }
    }
}

/// <summary>
/// Credentials in <c>config.json</c>: in the file itself, in a store (<c>credsStore</c>) or in a helper for one registry
/// (<c>credHelpers</c>), by the protocol of docker-credential-helpers.
/// </summary>
internal sealed class Credentials(ConfigFile config)
{
    public const string DockerHub = "https://index.docker.io/v1/";
    private const string TokenUser = "<token>";

    /// <summary>The key under which a registry's credentials are kept.</summary>
    public static string KeyOf(string domain) => domain is ImageReference.DefaultDomain or "index.docker.io" or "registry-1.docker.io" ? DockerHub : domain;

    public static string HeaderFor(CliContext cli, ImageReference image) => new Credentials(cli.Config).Get(KeyOf(image.Domain)).ToHeader();

    public RegistryAuth Get(string server)
    {
        if (Helper(server) is { } helper)
        {
            return FromHelper(helper, server);
        }

        JsonObject? auths = config.Object("auths");
        JsonObject? entry = auths?[server] as JsonObject;
        if (entry is null && auths is not null)
        {
            // older clients wrote whole URLs
            foreach ((string key, JsonNode? value) in auths)
            {
                if (HostOf(key) == server)
                {
                    entry = value as JsonObject;
                }
            }
        }

        return entry is null ? new RegistryAuth(server) : FromEntry(server, entry);
    }

    /// <summary>Every registry with credentials, for <c>build</c>.</summary>
    public IEnumerable<RegistryAuth> All()
    {
        IEnumerable<string> servers = (config.Object("auths")?.Select(a => a.Key) ?? []).Concat(config.Map("credHelpers").Keys).Distinct();
        return servers.Select(Get).Where(a => a.User.Length + a.IdentityToken.Length > 0);
    }

    /// <returns>A warning when the password is kept in clear text; empty otherwise.</returns>
    public string Store(RegistryAuth auth)
    {
        if (Helper(auth.Server) is { } helper)
        {
            var json = new JsonObject
            {
                ["ServerURL"] = auth.Server,
                ["Username"] = auth.IdentityToken.Length > 0 ? TokenUser : auth.User,
                ["Secret"] = auth.IdentityToken.Length > 0 ? auth.IdentityToken : auth.Password,
            };
            CredentialHelper.Run(helper, "store", json.ToJsonString());
            config.EnsureObject("auths")[auth.Server] = new JsonObject();
            config.Save();
            return "";
        }

        var entry = new JsonObject();
        string pair = auth.IdentityToken.Length > 0 ? auth.User + ":" : $"{auth.User}:{auth.Password}";
        entry["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
        if (auth.IdentityToken.Length > 0)
        {
            entry["identitytoken"] = auth.IdentityToken;
        }

        config.EnsureObject("auths")[auth.Server] = entry;
        config.Save();
        return $"\nWARNING! Your credentials are stored unencrypted in '{config.FilePath}'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n";
    }

    /// <returns>False when nothing was stored.</returns>
    public bool Erase(string server)
    {
        bool found = config.Object("auths")?.Remove(server) ?? false;
        if (Helper(server) is { } helper)
        {
            CredentialHelper.Run(helper, "erase", server);
            found = true;
        }

        if (found)
        {
            config.Save();
        }

        return found;
    }

    private string? Helper(string server) =>
        config.Map("credHelpers").TryGetValue(server, out string? named) ? named
        : config["credsStore"] is { Length: > 0 } store ? store
        : null;

    private static RegistryAuth FromHelper(string helper, string server)
    {
        string? answer = CredentialHelper.Get(helper, server);
        if (answer is null)
        {
            return new RegistryAuth(server);
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(answer);
            string user = json.RootElement.GetProperty("Username").GetString() ?? "";
            string secret = json.RootElement.GetProperty("Secret").GetString() ?? "";
            return user == TokenUser
                ? new RegistryAuth(server) { IdentityToken = secret }
                : new RegistryAuth(server) { User = user, Password = secret };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            throw new CommandException($"error getting credentials - docker-credential-{helper} answered with invalid JSON: {e.Message}");
        }
    }

    private static RegistryAuth FromEntry(string server, JsonObject entry)
    {
        string user = (string?)entry["username"] ?? "";
        string password = (string?)entry["password"] ?? "";
        if ((string?)entry["auth"] is { Length: > 0 } encoded)
        {
            string pair;
            try
            {
                pair = Encoding.UTF8.GetString(Convert.FromBase64String(encoded)).TrimEnd('\0');
            }
            catch (FormatException)
            {
                throw new CommandException($"Invalid auth configuration file: the entry of {server} is not base64");
            }

            int colon = pair.IndexOf(':');
            if (colon < 0)
            {
                throw new CommandException("Invalid auth configuration file");
            }

            (user, password) = (pair[..colon], pair[(colon + 1)..]);
        }

        return new RegistryAuth(server) { User = user, Password = password, IdentityToken = (string?)entry["identitytoken"] ?? "" };
    }

    private static string HostOf(string url)
    {
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? url : url[(scheme + 3)..];
        int slash = rest.IndexOf('/');
        return slash < 0 ? rest : rest[..slash];
    }
}
