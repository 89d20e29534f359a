using System.Buffers.Binary;
using System.Text.Json;
using Wharf.Api.Builds;
using Wharf.Api.Json;
using Wharf.Engine.Builds;
using Wharf.Primitives;

namespace Wharf.Api.Server.Builds;

/// <summary>The secrets at the start of a build's body: they come with the request, so that they are in no address, no header and no log.</summary>
internal static class BuildPreamble
{
    private const int MaxBytes = 16 << 20;

    /// <summary>The order with its secrets; the body then stands at the context.</summary>
    /// <exception cref="WharfException">InvalidArgument: not of the form that <see cref="BuildEvent.RequestType"/> says.</exception>
    public static async Task<BuildOrder> ReadAsync(ApiCall call, BuildOrder order)
    {
        if (call.Http.Request.ContentType != BuildEvent.RequestType)
        {
            return order;
        }

        Stream body = call.Http.Request.Body;
        byte[] head = new byte[4];
        await body.ReadExactlyAsync(head, call.Ct);
        int length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 2 or > MaxBytes)
        {
            throw WharfException.Invalid($"the secrets of a build have {length} bytes; {MaxBytes} are allowed");
        }

        byte[] json = new byte[length];
        await body.ReadExactlyAsync(json, call.Ct);
        var secrets = new Dictionary<string, byte[]>();
        try
        {
            foreach ((string id, string value) in JsonSerializer.Deserialize(json, ApiJson.Context.DictionaryStringString) ?? [])
            {
                secrets[id] = Convert.FromBase64String(value);
            }
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            // the text of the error would quote what must stay secret
            throw WharfException.Invalid("the secrets of the build cannot be read");
        }

        return order with { Request = order.Request with { Secrets = secrets } };
    }
}
