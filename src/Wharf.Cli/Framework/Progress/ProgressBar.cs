using System.Globalization;
using System.Text.Json;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Output;

namespace Wharf.Cli.Framework.Progress;

/// <summary>How far a transfer is, and its text: <c>[=====>      ]  1.2MB/3.4MB</c>.</summary>
internal readonly record struct ProgressBar(long Current, long Total, long Start, string Units, bool HideCounts)
{
    private const int Steps = 50;
    private const int WidthForBar = 110;
    private const int WidthForTime = 50;

    public static ProgressBar From(JsonElement detail) => new(
        Number(detail, "current"), Number(detail, "total"), Number(detail, "start"),
        detail.TryGetProperty("units", out JsonElement units) ? units.GetString() ?? "" : "",
        detail.TryGetProperty("hidecounts", out JsonElement hide) && hide.ValueKind == JsonValueKind.True);

    /// <summary>Empty when nothing is known yet.</summary>
    public string Text(int width, DateTimeOffset now)
    {
        if (Current <= 0 && Total <= 0)
        {
            return "";
        }

        if (Total <= 0)
        {
            return Units.Length == 0 ? Output.Units.Size(Current, 4).PadLeft(8) : string.Create(CultureInfo.InvariantCulture, $"{Current} {Units}");
        }

        int filled = Math.Min(Steps, (int)((double)Current / Total * 100) / 2);
        string bar = width > WidthForBar ? $"[{new string('=', filled)}>{new string(' ', Steps - filled)}] " : "";
        return bar + Numbers() + TimeLeft(filled, width, now);
    }

    private string Numbers()
    {
        if (HideCounts)
        {
            return "";
        }

        // a count beyond the total means that the total was a guess
        bool known = Current <= Total;
        if (Units.Length > 0)
        {
            return known ? string.Create(CultureInfo.InvariantCulture, $"{Current}/{Total} {Units}") : string.Create(CultureInfo.InvariantCulture, $"{Current} {Units}");
        }

        string current = Output.Units.Size(Current, 4).PadLeft(8);
        return known ? current + "/" + Output.Units.Size(Total, 4) : current;
    }

    private string TimeLeft(int filled, int width, DateTimeOffset now)
    {
        if (Current <= 0 || Start <= 0 || filled >= Steps || width <= WidthForTime)
        {
            return "";
        }

        TimeSpan perUnit = (now - DateTimeOffset.FromUnixTimeSeconds(Start)) / Current;
        long seconds = (long)(perUnit * (Total - Current)).TotalSeconds;
        return " " + GoDuration.Format(seconds * 1_000_000_000);
    }

    private static long Number(JsonElement detail, string name) =>
        detail.TryGetProperty(name, out JsonElement value) && value.TryGetInt64(out long number) ? number : 0;
}
