using System.Text;
using System.Text.Json;
using Wharf.Api.Json;

namespace Wharf.Api.Server.Tests.Contract;

public sealed class JsonMismatchTests
{
    [Theory]
    [InlineData("[]", "cannot unmarshal array into Go struct")]
    [InlineData("{\"Image\":5}", "cannot unmarshal number 5 into Go struct field Image of type string")]
    [InlineData("{\"HostConfig\":{\"Memory\":\"x\"}}", "cannot unmarshal string into Go struct field HostConfig.Memory of type int64")]
    [InlineData("{\"HostConfig\":{\"Memory\":1.5}}", "cannot unmarshal number 1.5 into Go struct field HostConfig.Memory of type int64")]
    [InlineData("{\n \"Image\":\"é\",\n \"Env\":\n {\"a\":1}}", "cannot unmarshal object into Go struct field Env of type []string")]
    [InlineData("{\"HostConfig\":{\"Binds\":true}}", "cannot unmarshal bool into Go struct field HostConfig.Binds of type []string")]
    public void Of_ValueOfAnotherType_IsNamedAsGoNamesIt(string text, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(bytes, ApiJson.Context.ContainerCreateRequest));
        Assert.Equal("invalid JSON: json: " + expected, JsonMismatch.Of(error, bytes));
    }
}
