using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Oci.Tests.Images;

public sealed class PlatformTests
{
    [Theory]
    [InlineData("linux/amd64", "linux/amd64")]
    [InlineData("linux/x86_64", "linux/amd64")]
    [InlineData("linux/aarch64", "linux/arm64/v8")]
    [InlineData("linux/arm", "linux/arm/v7")]
    [InlineData("linux/arm/6", "linux/arm/v6")]
    [InlineData("Linux/AMD64", "linux/amd64")]
    [InlineData("arm64", "linux/arm64/v8")]
    [InlineData("windows/amd64", "windows/amd64")]
    public void Parse_Normalises(string text, string expected) => Assert.Equal(expected, Platform.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("linux/")]
    [InlineData("a/b/c/d")]
    [InlineData("linux/am d64")]
    [InlineData("strange")]
    public void Parse_Malformed_IsInvalid(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<WharfException>(() => Platform.Parse(text)).Kind);

    [Theory]
    [InlineData("linux/arm/v7", "linux/arm/v6", true)]
    [InlineData("linux/arm/v6", "linux/arm/v7", false)]
    [InlineData("linux/arm64", "linux/arm64/v8", true)]
    [InlineData("linux/amd64", "linux/arm64", false)]
    [InlineData("linux/amd64", "windows/amd64", false)]
    public void Accepts_KnowsVariants(string wanted, string image, bool expected) =>
        Assert.Equal(expected, Platform.Parse(wanted).Accepts(Platform.Parse(image)));

    [Theory]
    [InlineData("2024-03-01T12:00:00.5Z")]
    [InlineData("2024-03-01T12:00:00Z")]
    [InlineData("2024-03-01T12:00:00.1234567Z")]
    public void Rfc3339_RoundTrips(string text)
    {
        Assert.True(Rfc3339.TryParse(text, out DateTimeOffset time));
        Assert.Equal(text, Rfc3339.Format(time));
    }

    [Fact]
    public void Rfc3339_Nanoseconds_AreCut()
    {
        Assert.True(Rfc3339.TryParse("2024-03-01T12:00:00.123456789+01:00", out DateTimeOffset time));
        Assert.Equal("2024-03-01T11:00:00.1234567Z", Rfc3339.Format(time));
    }
}
