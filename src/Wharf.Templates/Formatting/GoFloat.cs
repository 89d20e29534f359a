using System.Globalization;

namespace Wharf.Templates.Formatting;

/// <summary>Floating-point numbers as Go writes them: shortest form, exponents of at least two digits with a sign.</summary>
public static class GoFloat
{
    /// <summary>%v and %g: the fewest digits that read back as the same number, exponents below 1e-4 and from 1e6 unless told.</summary>
    public static string Shortest(double value, int exponentFrom = 6)
    {
        if (Special(value) is { } special)
        {
            return special;
        }

        (bool negative, string digits, int exponent) = Decompose(value);
        string body;
        if (exponent < -4 || exponent >= exponentFrom)
        {
            body = digits[..1] + (digits.Length > 1 ? "." + digits[1..] : "") + Exponent(exponent);
        }
        else if (exponent < 0)
        {
            body = "0." + new string('0', -exponent - 1) + digits;
        }
        else if (digits.Length <= exponent + 1)
        {
            body = digits + new string('0', exponent + 1 - digits.Length);
        }
        else
        {
            body = digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
        }

        return negative ? "-" + body : body;
    }

    /// <summary>encoding/json's form: exponents below 1e-6 and from 1e21, written without a leading zero.</summary>
    public static string Json(double value)
    {
        double size = Math.Abs(value);
        if (size != 0 && (size < 1e-6 || size >= 1e21))
        {
            string text = Shortest(value, 0);
            return text.Replace("e-0", "e-", StringComparison.Ordinal);
        }

        string plain = Shortest(value, 400);
        return plain.Contains('e') ? value.ToString("0.####################", CultureInfo.InvariantCulture) : plain;
    }

    /// <summary>%e and %E.</summary>
    public static string Scientific(double value, int precision)
    {
        if (Special(value) is { } special)
        {
            return special;
        }

        string text = value.ToString("e" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        int e = text.IndexOf('e');
        return text[..e] + Exponent(int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    /// <summary>%f.</summary>
    public static string Fixed(double value, int precision) =>
        Special(value) ?? value.ToString("F" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>%g with a precision: that many significant digits, trailing zeros dropped.</summary>
    public static string General(double value, int precision)
    {
        if (Special(value) is { } special)
        {
            return special;
        }

        int digits = Math.Max(precision, 1);
        double rounded = double.Parse(Scientific(value, digits - 1), CultureInfo.InvariantCulture);
        return Shortest(rounded, digits);
    }

    private static string? Special(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : null;

    private static string Exponent(int exponent) =>
        (exponent < 0 ? "e-" : "e+") + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);

    private static (bool Negative, string Digits, int Exponent) Decompose(double value)
    {
        string text = value.ToString("E16", CultureInfo.InvariantCulture);
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        bool negative = text[0] == '-';
        int e = text.IndexOf('E');
        int exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int shortEnd = shortest.IndexOf('E');
        string mantissa = (shortEnd < 0 ? shortest : shortest[..shortEnd]).Replace(".", "", StringComparison.Ordinal).TrimStart('-');
        string digits = mantissa.TrimStart('0').TrimEnd('0');
        if (digits.Length == 0)
        {
            return (negative, "0", 0);
        }

        // "R" may round up to the next power of ten where E16 does not
        if (double.Parse(digits[..1] + "." + (digits.Length > 1 ? digits[1..] : "0") + "E" + exponent, CultureInfo.InvariantCulture) != Math.Abs(value))
        {
            exponent++;
        }

        return (negative, digits, exponent);
    }
}
