namespace Wharf.Templates.Formatting;

/// <summary>What stands between the percent sign and the verb.</summary>
internal sealed class FormatSpec
{
    public bool Plus { get; set; }

    public bool Minus { get; set; }

    public bool Sharp { get; set; }

    public bool Space { get; set; }

    public bool Zero { get; set; }

    public int? Width { get; set; }

    public int? Precision { get; set; }

    public bool TakeFlag(char c)
    {
        switch (c)
        {
            case '+':
                Plus = true;
                return true;
            case '-':
                Minus = true;
                Zero = false;
                return true;
            case '#':
                Sharp = true;
                return true;
            case ' ':
                Space = true;
                return true;
            case '0':
                Zero = !Minus;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Pads to the width, counted in runes.</summary>
    public string Pad(string text)
    {
        int length = text.EnumerateRunes().Count();
        int missing = (Width ?? 0) - length;
        if (missing <= 0)
        {
            return text;
        }

        return Minus ? text + new string(' ', missing) : new string(Zero ? '0' : ' ', missing) + text;
    }

    /// <summary>Pads a number: zeros go between the sign and the digits.</summary>
    public string PadNumber(string sign, string digits)
    {
        if (Zero && !Minus && Width is { } width && sign.Length + digits.Length < width)
        {
            digits = digits.PadLeft(width - sign.Length, '0');
        }

        bool zero = Zero;
        Zero = false;
        string padded = Pad(sign + digits);
        Zero = zero;
        return padded;
    }
}
