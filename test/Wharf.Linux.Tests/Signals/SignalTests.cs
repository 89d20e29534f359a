namespace Wharf.Linux.Tests.Signals;

public sealed class SignalTests
{
    [Theory]
    [InlineData("9", 9)]
    [InlineData("KILL", 9)]
    [InlineData("SIGKILL", 9)]
    [InlineData("sigterm", 15)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("RTMAX-1", 63)]
    [InlineData("RTMIN", 34)]
    [InlineData("64", 64)]
    public void TryParse_KnownForms_AreNumbers(string text, int expected)
    {
        Assert.True(Signal.TryParse(text, out int signal));
        Assert.Equal(expected, signal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-9")]
    [InlineData("SIG")]
    [InlineData("RTMIN+16")]
    [InlineData("RTMAX-15")]
    [InlineData("RTMIN+x")]
    [InlineData("9 ")]
    public void TryParse_Nonsense_IsRefused(string text) => Assert.False(Signal.TryParse(text, out _));

    [Fact]
    public void NameOf_EverySignal_ParsesBack()
    {
        for (int signal = 1; signal <= Signal.Largest; signal++)
        {
            Assert.True(Signal.TryParse(Signal.NameOf(signal), out int back));
            Assert.Equal(signal, back);
        }
    }
}
