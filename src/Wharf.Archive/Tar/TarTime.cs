namespace Wharf.Archive.Tar;

/// <summary>A moment as archives hold it: seconds since 1970 (may be negative) and nanoseconds above them.</summary>
public readonly record struct TarTime(long Seconds, uint Nanoseconds = 0)
{
    public static TarTime Of(DateTimeOffset moment)
    {
        long ticks = moment.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        long seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);
        return rest < 0
            ? new TarTime(seconds - 1, (uint)((rest + TimeSpan.TicksPerSecond) * 100))
            : new TarTime(seconds, (uint)(rest * 100));
    }

    /// <summary>The nearest moment .NET can hold.</summary>
    public DateTimeOffset ToDateTimeOffset() =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(Seconds, -62135596800, 253402300799)).AddTicks(Nanoseconds / 100);
}
