using System.Globalization;
using System.Numerics;

namespace Wharf.Cli.Framework.Flags;

/// <summary>A number of processors, kept in billionths: <c>1.5</c>, <c>1/2</c>.</summary>
internal static class DecimalCpus
{
    private const long Nano = 1_000_000_000;

    public static string Parse(string text)
    {
        if (!TryRational(text, out BigInteger numerator, out BigInteger denominator))
        {
            throw new FormatException($"failed to parse {text} as a rational number");
        }

        BigInteger nano = numerator * Nano;
        if (!(nano % denominator).IsZero)
        {
            throw new FormatException("value is too precise");
        }

        return (nano / denominator).ToString(CultureInfo.InvariantCulture);
    }

    private static bool TryRational(string text, out BigInteger numerator, out BigInteger denominator)
    {
        numerator = 0;
        denominator = 1;
        int slash = text.IndexOf('/');
        if (slash >= 0)
        {
            return BigInteger.TryParse(text.AsSpan(0, slash), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numerator)
                && BigInteger.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out denominator)
                && !denominator.IsZero;
        }

        int dot = text.IndexOf('.');
        string digits = dot < 0 ? text : text.Remove(dot, 1);
        denominator = dot < 0 ? 1 : BigInteger.Pow(10, Math.Min(text.Length - dot - 1, 64));
        return text.Length is > 0 and <= 64 && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numerator);
    }
}
