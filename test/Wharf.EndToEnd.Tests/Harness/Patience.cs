namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>Waits for what others do in their own time.</summary>
internal static class Patience
{
    /// <summary>Waits for a process to have a handler for a signal: sent before that, it would be lost on the first process of a container.</summary>
    public static void UntilCaught(int process, int signal) => Until(
        () => File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("SigCgt:", StringComparison.Ordinal)) is var line
            && (Convert.ToUInt64(line["SigCgt:".Length..].Trim(), 16) >> (signal - 1) & 1) == 1,
        $"process {process} catches signal {signal}");

    public static void Until(Func<bool> condition, string what, int seconds = 60) => Until(condition, () => what, seconds);

    public static void Until(Func<bool> condition, Func<string> what, int seconds = 60)
    {
        long until = Environment.TickCount64 + (seconds * 1000L);
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < until, $"never happened within {seconds} s: {what()}");
            Thread.Sleep(50);
        }
    }
}
