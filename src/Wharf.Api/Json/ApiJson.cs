using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Api.Json;

/// <summary>The serialiser of the wire: the generated context with strings escaped as Go escapes them.</summary>
public static class ApiJson
{
    public static readonly ApiJsonContext Context = new(new JsonSerializerOptions(ApiJsonContext.Default.Options) { Encoder = GoJsonEncoder.Instance });
}
