using Wharf.Api.Versions;

namespace Wharf.Api.Tests.Versions;

public sealed class ApiVersionTests
{
    [Fact]
    public void Compare_IsByNumberNotByText()
    {
        Assert.True(new ApiVersion(1, 9) < new ApiVersion(1, 10));
        Assert.True(new ApiVersion(2, 0) > new ApiVersion(1, 55));
        Assert.True(ApiVersion.Oldest <= ApiVersion.Newest);
    }

    [Theory]
    [InlineData("1.41", true)]
    [InlineData("1.", false)]
    [InlineData(".1", false)]
    [InlineData("1", false)]
    [InlineData("1.41.2", false)]
    [InlineData("+1.4", false)]
    [InlineData("1.99999999999", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Parse_Text_IsAVersionOrNot(string? text, bool valid) => Assert.Equal(valid, ApiVersion.TryParse(text, out _));
}
