using System.Text.Json.Nodes;
using Wharf.Primitives;
using Wharf.Registry.Http;

namespace Wharf.Registry.Notifications;

/// <summary>Something that somebody did to a repository: pull, push, mount or delete, in the shape of Docker's registry notifications.</summary>
internal sealed record RegistryEvent
{
    public required string Action { get; init; }

    public required string MediaType { get; init; }

    public required JsonObject Body { get; init; }

    public static RegistryEvent Of(string action, RegistryCall call, string mediaType, Digest digest, long size, string? tag)
    {
        bool isManifest = mediaType != "application/octet-stream";
        string url = $"{call.Request.Scheme}://{call.Request.Host.Value}/v2/{call.Repository}/{(isManifest ? "manifests" : "blobs")}/{digest}";
        var target = new JsonObject
        {
            ["mediaType"] = mediaType,
            ["digest"] = digest.ToString(),
            ["repository"] = call.Repository,
        };
        if (action != "delete")
        {
            target["size"] = size;
            target["length"] = size;
            target["url"] = url;
        }

        if (tag is not null)
        {
            target["tag"] = tag;
        }

        if (action == "mount" && call.Query("from") is { } from)
        {
            target["fromRepository"] = from;
        }

        return new RegistryEvent
        {
            Action = action,
            MediaType = mediaType,
            Body = new JsonObject
            {
                ["id"] = Guid.NewGuid().ToString("D"),
                ["timestamp"] = DateTimeOffset.UtcNow.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff00'Z'"),
                ["action"] = action,
                ["target"] = target,
                ["request"] = new JsonObject
                {
                    ["id"] = Guid.NewGuid().ToString("D"),
                    ["addr"] = $"{call.Context.Connection.RemoteIpAddress}:{call.Context.Connection.RemotePort}",
                    ["host"] = call.Request.Host.Value,
                    ["method"] = call.Method,
                    ["useragent"] = call.Request.Headers.UserAgent.ToString(),
                },
                ["actor"] = call.Caller.Name.Length > 0 ? new JsonObject { ["name"] = call.Caller.Name } : new JsonObject(),
            },
        };
    }
}

/// <summary>Takes note of what happens; never waits and never throws.</summary>
internal interface IRegistryEvents
{
    /// <summary>False when nobody listens, so that nothing needs to be composed.</summary>
    bool HasListeners { get; }

    void Raise(RegistryEvent happened);
}

/// <summary>For a registry without listeners.</summary>
internal sealed class NoEvents : IRegistryEvents
{
    public bool HasListeners => false;

    public void Raise(RegistryEvent happened)
    {
    }
}
