namespace Wharf.Primitives.Tests.Times;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("1h30m", 5_400_000, "1h30m0s")]
    [InlineData("1.5s", 1500, "1.5s")]
    [InlineData("300ms", 300, "300ms")]
    [InlineData("0", 0, "0s")]
    [InlineData("-2s", -2000, "-2s")]
    [InlineData("90s", 90_000, "1m30s")]
    public void Duration_RoundTrips(string text, long milliseconds, string formatted)
    {
        Assert.True(GoDuration.TryParse(text, out var value));
        Assert.Equal(milliseconds, (long)value.TotalMilliseconds);
        Assert.Equal(formatted, GoDuration.Format(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("1x")]
    [InlineData("1..5s")]
    [InlineData("9999999999999h")]
    public void Malformed_IsRefused(string text) => Assert.False(GoDuration.TryParse(text, out _));
}
