using System.Text.Json;
using Wharf.Api.Images;
using Wharf.Api.Json;
using Wharf.Api.Versions;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Api.Server.Images;

/// <summary>
/// The <c>platform</c> parameter: JSON as in the OCI descriptor (inspect, history, push, save, load) or the short text <c>linux/arm64/v8</c> (create, pull).
/// </summary>
internal static class PlatformQuery
{
    private static readonly ApiVersion SeveralSince = new(1, 52);

    /// <param name="since">Clients of older versions said it without meaning it.</param>
    public static Platform? One(ApiCall call, ApiVersion since) =>
        call.Version >= since && call.Query("platform") is string text ? Parse(text) : null;

    public static IReadOnlyList<Platform> Many(ApiCall call, ApiVersion since, string parameter = "platform") =>
        call.Version >= since ? [.. call.QueryAll(parameter).Select(Parse)] : [];

    /// <exception cref="WharfException">InvalidArgument for more than one before 1.52.</exception>
    public static IReadOnlyList<Platform> OfArchive(ApiCall call)
    {
        IReadOnlyList<Platform> platforms = Many(call, new ApiVersion(1, 48));
        return platforms.Count <= 1 || call.Version >= SeveralSince ? platforms
            : throw WharfException.Invalid("multiple platform parameters are not supported in this API version; use API version 1.52 or later");
    }

    private static Platform Parse(string text)
    {
        if (!text.StartsWith('{'))
        {
            return Platform.Parse(text);
        }

        try
        {
            OciPlatform? platform = JsonSerializer.Deserialize(text, ApiJson.Context.OciPlatform);
            return string.IsNullOrEmpty(platform?.Os) || string.IsNullOrEmpty(platform.Architecture)
                ? throw WharfException.Invalid("both OS and Architecture must be provided")
                : new Platform
                {
                    Os = platform.Os,
                    Architecture = platform.Architecture,
                    Variant = platform.Variant,
                    OsVersion = platform.OsVersion,
                    OsFeatures = platform.OsFeatures,
                };
        }
        catch (JsonException error)
        {
            throw WharfException.Invalid($"failed to parse platform: {JsonMistake.Of(error)}", error);
        }
    }
}
