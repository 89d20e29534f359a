using System.Globalization;

namespace Wharf.Api.Server.Systems;

/// <summary>In which form a client wants its events: one document a line under several names, or RFC 7464's sequences.</summary>
internal static class EventMedia
{
    public const byte RecordSeparator = 0x1E;

    private const string Lines = "application/jsonl";
    private const string NewlineDelimited = "application/x-ndjson";
    private const string Sequence = "application/json-seq";
    private const string Plain = "application/json";

    /// <summary>The acceptable type with the highest weight; the first of equals.</summary>
    public static (string ContentType, bool IsSequence) Choose(string? accept)
    {
        string best = Plain;
        double bestWeight = 0;
        foreach (string item in (accept ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = item.Split(';', StringSplitOptions.TrimEntries);
            double weight = Weight(parts);
            if (weight > bestWeight && parts[0] is (Lines or NewlineDelimited or Sequence or Plain))
            {
                (best, bestWeight) = (parts[0], weight);
            }
        }

        return (best, best == Sequence);
    }

    private static double Weight(string[] parts)
    {
        string? quality = parts.Skip(1).FirstOrDefault(part => part.StartsWith("q=", StringComparison.OrdinalIgnoreCase));
        return quality is null ? 1
            : double.TryParse(quality.AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double weight) ? weight
            : 0;
    }
}
