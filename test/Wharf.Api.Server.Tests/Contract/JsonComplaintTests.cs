using System.Text;

namespace Wharf.Api.Server.Tests.Contract;

public sealed class JsonComplaintTests
{
    [Theory]
    [InlineData("{invalid json", "invalid JSON: invalid character 'i' looking for beginning of object key string")]
    [InlineData("{\"a\" 1}", "invalid JSON: invalid character '1' after object key")]
    [InlineData("{\"a\":1 \"b\":2}", "invalid JSON: invalid character '\"' after object key:value pair")]
    [InlineData("[1 2]", "invalid JSON: invalid character '2' after array element")]
    [InlineData("{\"a\":}", "invalid JSON: invalid character '}' looking for beginning of value")]
    [InlineData("{\"a\":tru}", "invalid JSON: invalid character '}' in literal true (expecting 'e')")]
    [InlineData("{\"a\":1.}", "invalid JSON: invalid character '}' after decimal point in numeric literal")]
    [InlineData("{\"a\":\"\n\"}", "invalid JSON: invalid character '\\n' in string literal")]
    [InlineData("{\"a\":\"\\x\"}", "invalid JSON: invalid character 'x' in string escape code")]
    [InlineData("{\"a\":1", "invalid JSON: unexpected EOF")]
    [InlineData("{}trailing", "unexpected content after JSON")]
    [InlineData("{\"é\":ü}", "invalid JSON: invalid character 'ü' looking for beginning of value")]
    public void Of_WrongSyntax_SaysWhatGoSays(string text, string complaint) =>
        Assert.Equal(complaint, JsonComplaint.Of(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("{}")]
    [InlineData(" {\"a\":[1,-0.5e+3,\"x\\u00e9\\n\",null,true,false,{}],\"b\":\"\"}\n")]
    public void Of_RightSyntax_IsSilent(string text) => Assert.Null(JsonComplaint.Of(Encoding.UTF8.GetBytes(text)));
}
