using System.Net;

namespace Wharf.Registry.Upstream;

/// <summary>What a refusal of the upstream means for the one who asked us.</summary>
internal static class UpstreamAnswers
{
    public static RegistryFault Of(HttpStatusCode status, RegistryFault unknown) => status switch
    {
        HttpStatusCode.NotFound => unknown,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => RegistryFault.Denied(),
        HttpStatusCode.TooManyRequests => RegistryFault.TooMany("the upstream registry limits the rate of requests"),
        _ => RegistryFault.Unavailable($"the upstream registry answered {(int)status}"),
    };

    /// <summary>True when the upstream is in no state to say anything about the content: then what the cache has is good.</summary>
    public static bool IsGone(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;
}
