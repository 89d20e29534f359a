using Wharf.Templates.Values;

namespace Wharf.Templates.Execution;

/// <summary>What counts as true: everything that is not the zero value or empty.</summary>
internal static class Truth
{
    public static bool Of(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        long number => number != 0,
        ulong number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        TemplateMap map => map.Count > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        ITemplateObject or TemplateMethod => true,
        _ => false,
    };
}
