using System.Globalization;
using Wharf.Primitives;

namespace Wharf.Network.Announcements;

/// <summary>How often, and how long apart, a new interface announces its addresses: options of a network, with Docker's keys, bounds and defaults.</summary>
internal readonly record struct AnnouncementSettings(int Count, TimeSpan Interval)
{
    public const string CountKey = "com.docker.network.advertise_addr_nmsgs";
    public const string IntervalKey = "com.docker.network.advertise_addr_ms";

    private const int MostMessages = 3;
    private const int ShortestInterval = 100, LongestInterval = 2000, DefaultInterval = 1000;

    /// <exception cref="WharfException">InvalidArgument, naming the option.</exception>
    public static AnnouncementSettings Parse(IReadOnlyDictionary<string, string> options) => new(
        Number(options, CountKey, 0, MostMessages, MostMessages, "an integer"),
        TimeSpan.FromMilliseconds(Number(options, IntervalKey, ShortestInterval, LongestInterval, DefaultInterval, "integer milliseconds")));

    private static int Number(IReadOnlyDictionary<string, string> options, string key, int least, int most, int standard, string what)
    {
        if (!options.TryGetValue(key, out string? text))
        {
            return standard;
        }

        return !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? throw WharfException.Invalid($"value for option {key} \"{text}\" must be {what}")
            : number >= least && number <= most ? number : throw WharfException.Invalid($"{key} must be in the range {least} to {most}");
    }
}
