using System.Text.Json;
using Wharf.Api.Images;
using Wharf.Api.Json;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Api.Server.Images;

/// <summary>
/// The <c>platform</c> parameter: JSON as in the OCI descriptor (inspect, history, push, save, load) or the short text <c>linux/arm64/v8</c> (create, pull).
/// </summary>
internal static class PlatformQuery
{
    public static Platform? One(ApiCall call) => call.Query("platform") is string text ? Parse(text) : null;

    public static IReadOnlyList<Platform> Many(ApiCall call, string parameter = "platform") => [.. call.QueryAll(parameter).Select(Parse)];

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
