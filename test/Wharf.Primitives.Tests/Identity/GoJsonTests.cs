using System.Text.Json;

namespace Wharf.Primitives.Tests.Identity;

public sealed class GoJsonTests
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = GoJsonEncoder.Instance };

    [Theory]
    [InlineData("plain é 日本 😀", "\"plain é 日本 😀\"")]
    [InlineData("<a> & 'b'", "\"\\u003ca\\u003e \\u0026 'b'\"")]
    [InlineData("q\" s\\ /", "\"q\\\" s\\\\ /\"")]
    [InlineData("\n\r\t\b\f\u0001\u007f", "\"\\n\\r\\t\\b\\f\\u0001\u007f\"")]
    [InlineData("\u2028\u2029", "\"\\u2028\\u2029\"")]
    public void Text_IsEscapedAsGoDoes(string text, string expected) => Assert.Equal(expected, JsonSerializer.Serialize(text, Options));
}
