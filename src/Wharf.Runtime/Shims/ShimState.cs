using System.Globalization;
using System.Text;

namespace Wharf.Runtime.Shims;

/// <summary>
/// What a shim leaves on disk about its container: enough to find its process again, and its exit when nobody was there to hear of it. A file of lines
/// "name value"; unknown names are skipped, so that versions may differ.
/// </summary>
public sealed record ShimState
{
    public const string FileName = "state";

    public required string ContainerId { get; init; }

    public int ShimPid { get; init; }

    /// <summary>Clock ticks since boot; with the pid they name one process.</summary>
    public long ShimStart { get; init; }

    public int Pid { get; init; }

    public long PidStart { get; init; }

    /// <summary>Path below the cgroup hierarchies; empty when unknown.</summary>
    public string Cgroup { get; init; } = "";

    public DateTimeOffset StartedAt { get; init; }

    public ShimExit? Exit { get; init; }

    public byte[] Format()
    {
        var text = new StringBuilder(256);
        text.Append("version 1\ncontainer ").Append(ContainerId);
        text.Append("\nshim ").Append(ShimPid).Append(' ').Append(ShimStart);
        text.Append("\nprocess ").Append(Pid).Append(' ').Append(PidStart);
        text.Append("\ncgroup ").Append(Cgroup);
        text.Append("\nstarted ").Append(StartedAt.UtcTicks).Append('\n');
        if (Exit is { } exit)
        {
            text.Append("exit ").Append(exit.ExitCode).Append(' ').Append(exit.OutOfMemory ? 1 : 0).Append(' ').Append(exit.FinishedAt.UtcTicks).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <returns>Null when the text names no container: a file that is no state.</returns>
    public static ShimState? Parse(string text)
    {
        ShimState? state = null;
        foreach (string line in text.Split('\n'))
        {
            int space = line.IndexOf(' ');
            if (space < 0)
            {
                continue;
            }

            string value = line[(space + 1)..];
            string[] words = value.Split(' ');
            state = line[..space] switch
            {
                "container" => new ShimState { ContainerId = value },
                "shim" when state is not null => state with { ShimPid = (int)Number(words, 0), ShimStart = Number(words, 1) },
                "process" when state is not null => state with { Pid = (int)Number(words, 0), PidStart = Number(words, 1) },
                "cgroup" when state is not null => state with { Cgroup = value },
                "started" when state is not null => state with { StartedAt = Time(words, 0) },
                "exit" when state is not null => state with { Exit = new ShimExit((int)Number(words, 0), Number(words, 1) != 0, Time(words, 2)) },
                _ => state,
            };
        }

        return state;
    }

    private static DateTimeOffset Time(string[] words, int index)
    {
        long ticks = Number(words, index);
        return ticks <= 0 || ticks > DateTimeOffset.MaxValue.Ticks ? default : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    private static long Number(string[] words, int index) =>
        index < words.Length && long.TryParse(words[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : 0;
}
