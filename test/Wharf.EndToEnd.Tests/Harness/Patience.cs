namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>Waits for what others do in their own time.</summary>
internal static class Patience
{
    public static void Until(Func<bool> condition, string what, int seconds = 60)
    {
        long until = Environment.TickCount64 + (seconds * 1000L);
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < until, $"never happened within {seconds} s: {what}");
            Thread.Sleep(50);
        }
    }
}
