using System.Globalization;
using System.Text;
using Wharf.Templates.Values;

namespace Wharf.Templates.Formatting;

/// <summary>How Go prints template values: %v and its variants, and the type names of %T and of error texts.</summary>
public static class GoPrint
{
    // nothing that comes from an engine nests this deep; a value that does is cut instead of the stack
    private const int MaxDepth = 200;

    /// <summary>%v, as <c>print</c> and a bare action write it.</summary>
    public static string Value(object? value, bool plus = false)
    {
        if (value is string text)
        {
            return text;
        }

        var result = new StringBuilder();
        Append(result, value, plus, 0, s => s);
        return result.ToString();
    }

    /// <summary>%v with a different rendering of the strings inside (for %q of lists).</summary>
    public static string Value(object? value, Func<string, string> strings)
    {
        var result = new StringBuilder();
        Append(result, value, plus: false, 0, strings);
        return result.ToString();
    }

    private static void Append(StringBuilder result, object? value, bool plus, int depth, Func<string, string> strings)
    {
        switch (value)
        {
            case null:
                result.Append("<nil>");
                break;
            case string text:
                result.Append(strings(text));
                break;
            case bool flag:
                result.Append(flag ? "true" : "false");
                break;
            case double number:
                result.Append(GoFloat.Shortest(number));
                break;
            case TemplateMap or IReadOnlyList<object?> or ITemplateObject when depth >= MaxDepth:
                result.Append("...");
                break;
            case TemplateMap map:
                AppendJoined(result.Append("map["), map.Entries, e =>
                {
                    result.Append(strings(e.Key)).Append(':');
                    Append(result, e.Value, plus, depth + 1, strings);
                });
                result.Append(']');
                break;
            case ITemplateObject item:
                AppendJoined(result.Append('{'), item.Members, e =>
                {
                    result.Append(plus ? e.Key + ":" : "");
                    Append(result, e.Value, plus, depth + 1, strings);
                });
                result.Append('}');
                break;
            case IReadOnlyList<object?> list:
                AppendJoined(result.Append('['), list, e => Append(result, e, plus, depth + 1, strings));
                result.Append(']');
                break;
            default:
                result.Append(CultureInfo.InvariantCulture, $"{value}");
                break;
        }
    }

    private static void AppendJoined<T>(StringBuilder result, IEnumerable<T> items, Action<T> append)
    {
        bool first = true;
        foreach (T item in items)
        {
            if (!first)
            {
                result.Append(' ');
            }

            first = false;
            append(item);
        }
    }

    public static string TypeName(object? value) => value switch
    {
        null => "<nil>",
        string => "string",
        bool => "bool",
        long => "int",
        ulong => "uint64",
        double => "float64",
        TemplateMap map => map.TypeName,
        ITemplateObject item => item.TypeName,
        IReadOnlyList<object?> list when list.Count > 0 && list.All(i => i is string) => "[]string",
        IReadOnlyList<object?> => "[]interface {}",
        TemplateMethod => "func",
        _ => "interface {}",
    };
}
