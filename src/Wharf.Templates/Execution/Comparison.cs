using Wharf.Templates.Formatting;

namespace Wharf.Templates.Execution;

/// <summary>eq, ne, lt, le, gt, ge: Go's rules for basic kinds.</summary>
internal static class Comparison
{
    public static bool Equal(object? left, IEnumerable<object?> others)
    {
        foreach (object? right in others)
        {
            if (Equal(left, right))
            {
                return true;
            }
        }

        return false;
    }

    public static bool Equal(object? left, object? right)
    {
        if (left is null || right is null)
        {
            return left is null && right is null;
        }

        return (left, right) switch
        {
            (long a, ulong b) => a >= 0 && (ulong)a == b,
            (ulong a, long b) => b >= 0 && a == (ulong)b,
            _ when left.GetType() == right.GetType() && IsBasic(left) => left.Equals(right),
            _ when IsBasic(left) && IsBasic(right) => throw new TemplateException("incompatible types for comparison"),
            _ => throw new TemplateException($"non-comparable type {GoPrint.Value(IsBasic(left) ? right : left)}: {GoPrint.TypeName(IsBasic(left) ? right : left)}"),
        };
    }

    public static bool Less(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => a < b,
        (ulong a, ulong b) => a < b,
        (long a, ulong b) => a < 0 || (ulong)a < b,
        (ulong a, long b) => b >= 0 && a < (ulong)b,
        (double a, double b) => a < b,
        (string a, string b) => string.CompareOrdinal(a, b) < 0,
        (bool, bool) => throw new TemplateException("invalid type for comparison"),
        _ when IsBasic(left) && IsBasic(right) => throw new TemplateException("incompatible types for comparison"),
        _ => throw new TemplateException("invalid type for comparison"),
    };

    private static bool IsBasic(object? value) => value is bool or long or ulong or double or string;
}
