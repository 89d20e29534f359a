using System.Text.Json;
using Wharf.Primitives;

namespace Wharf.Api.Json;

/// <summary>The serialiser of the wire: the generated context with strings escaped as Docker escapes its answers: <c>&amp;</c> and angle brackets stay, for inspect is read by people.</summary>
public static class ApiJson
{
    public static readonly ApiJsonContext Context = new(new JsonSerializerOptions(ApiJsonContext.Default.Options) { Encoder = PlainJsonEncoder.Instance });
}
