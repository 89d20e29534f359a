using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Wharf.Api.Json;
using Wharf.Api.System;
using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Api.Server.Images;

/// <summary>Registry credentials as clients send them: <c>X-Registry-Auth</c>, base64 (of either alphabet) of a JSON document.</summary>
internal static class RegistryAuth
{
    public const string HeaderName = "X-Registry-Auth";

    /// <summary>Null without the header, or when it holds nothing.</summary>
    public static RegistryCredentials? FromHeader(ApiCall call)
    {
        string? header = call.Header(HeaderName);
        if (string.IsNullOrEmpty(header))
        {
            return null;
        }

        try
        {
            byte[] json = Base64Url.DecodeFromChars(header.TrimEnd('=').Replace('+', '-').Replace('/', '_'));
            AuthConfig? config = JsonSerializer.Deserialize(json, ApiJson.Context.AuthConfig);
            return config is null || IsEmpty(config) ? null : Of(config);
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            throw WharfException.Invalid($"invalid {HeaderName} header: {error.Message}", error);
        }
    }

    private static bool IsEmpty(AuthConfig config) => config is
    {
        Username: null, Password: null, Auth: null, Email: null, Serveraddress: null, Identitytoken: null, Registrytoken: null,
    };

    public static RegistryCredentials Of(AuthConfig config)
    {
        (string user, string password) = (config.Username ?? string.Empty, config.Password ?? string.Empty);
        if (user.Length == 0 && config.Auth is { Length: > 0 } pair)
        {
            (user, password) = Split(pair);
        }

        return new RegistryCredentials
        {
            Username = user,
            Password = password,
            IdentityToken = config.Identitytoken ?? string.Empty,
            RegistryToken = config.Registrytoken ?? string.Empty,
            ServerAddress = config.Serveraddress ?? string.Empty,
        };
    }

    private static (string User, string Password) Split(string pair)
    {
        byte[] bytes = new byte[pair.Length];
        if (!Convert.TryFromBase64String(pair, bytes, out int length))
        {
            throw WharfException.Invalid("invalid auth: not base64");
        }

        string[] parts = Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\0').Split(':', 2);
        return parts.Length == 2 ? (parts[0], parts[1]) : throw WharfException.Invalid("invalid auth: no colon between user and password");
    }
}
