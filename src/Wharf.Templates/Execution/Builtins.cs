using System.Text;
using Wharf.Templates.Formatting;
using Wharf.Templates.Values;

namespace Wharf.Templates.Execution;

/// <summary>The functions that every Go template has; <c>and</c> and <c>or</c> are the evaluator's, which need not run every argument.</summary>
internal static class Builtins
{
    public static readonly Dictionary<string, TemplateFunction> All = new(StringComparer.Ordinal)
    {
        ["and"] = new(1, -1, a => a[^1]),
        ["or"] = new(1, -1, a => a[^1]),
        ["call"] = new(1, -1, Call),
        ["html"] = new(0, -1, a => Escaping.Html(Evaluate(a))),
        ["index"] = new(1, -1, Index),
        ["slice"] = new(1, -1, Slice),
        ["js"] = new(0, -1, a => Escaping.Js(Evaluate(a))),
        ["len"] = TemplateFunction.Exactly(1, a => Length(a[0])),
        ["not"] = TemplateFunction.Exactly(1, a => !Truth.Of(a[0])),
        ["print"] = new(0, -1, a => Print(a)),
        ["printf"] = new(1, -1, a => GoPrintf.Format((string)a[0]!, a[1..])) { Parameters = ["string"] },
        ["println"] = new(0, -1, a => string.Join(' ', a.Select(v => GoPrint.Value(v))) + "\n"),
        ["urlquery"] = new(0, -1, a => Escaping.UrlQuery(Evaluate(a))),
        ["eq"] = new(1, -1, a => a.Length < 2 ? throw new TemplateException("missing argument for comparison") : Comparison.Equal(a[0], a[1..])),
        ["ne"] = TemplateFunction.Exactly(2, a => !Comparison.Equal(a[0], a[1])),
        ["lt"] = TemplateFunction.Exactly(2, a => Comparison.Less(a[0], a[1])),
        ["le"] = TemplateFunction.Exactly(2, a => Comparison.Less(a[0], a[1]) || Comparison.Equal(a[0], a[1])),
        ["gt"] = TemplateFunction.Exactly(2, a => !(Comparison.Less(a[0], a[1]) || Comparison.Equal(a[0], a[1]))),
        ["ge"] = TemplateFunction.Exactly(2, a => !Comparison.Less(a[0], a[1])),
    };

    private static string Evaluate(object?[] arguments) => arguments is [string text] ? text : Print(arguments);

    /// <summary>fmt.Sprint: a space between two operands when neither is a string.</summary>
    private static string Print(object?[] arguments)
    {
        var result = new StringBuilder();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (i > 0 && arguments[i] is not string && arguments[i - 1] is not string)
            {
                result.Append(' ');
            }

            result.Append(GoPrint.Value(arguments[i]));
        }

        return result.ToString();
    }

    private static object Length(object? value) => value switch
    {
        string text => (long)Encoding.UTF8.GetByteCount(text),
        TemplateMap map => (long)map.Count,
        IReadOnlyList<object?> list => (long)list.Count,
        TemplateNil => 0L,
        null => throw new TemplateException("len of nil pointer"),
        _ => throw new TemplateException($"len of type {GoPrint.TypeName(value)}"),
    };

    private static object? Call(object?[] arguments)
    {
        if (arguments[0] is not TemplateMethod method)
        {
            throw new TemplateException(arguments[0] is null ? "call of nil" : $"non-function of type {GoPrint.TypeName(arguments[0])}");
        }

        return arguments.Length - 1 == method.Arity
            ? method.Invoke(arguments[1..])
            : throw new TemplateException($"wrong number of args: got {arguments.Length - 1} want {method.Arity}");
    }

    private static object? Index(object?[] arguments)
    {
        object? item = arguments[0] ?? throw new TemplateException("index of untyped nil");
        foreach (object? index in arguments.AsSpan(1))
        {
            switch (item)
            {
                case TemplateMap map:
                    item = index is string key ? map[key] : throw new TemplateException(index is null
                        ? "value is nil; should be of type string"
                        : $"value has type {GoPrint.TypeName(index)}; should be string");
                    break;
                case IReadOnlyList<object?> list:
                    item = list[At(index, list.Count, exclusive: true)];
                    break;
                case string text:
                    byte[] bytes = Encoding.UTF8.GetBytes(text);
                    item = (long)bytes[At(index, bytes.Length, exclusive: true)];
                    break;
                case TemplateNil nil when ReferenceEquals(nil, TemplateNil.Map):
                    item = "";
                    break;
                case TemplateNil when index is long position:
                    throw new TemplateException($"index out of range: {position}");
                case null or TemplateNil:
                    throw new TemplateException("index of nil pointer");
                default:
                    throw new TemplateException($"can't index item of type {GoPrint.TypeName(item)}");
            }
        }

        return item;
    }

    private static int At(object? index, int length, bool exclusive)
    {
        if (index is not (long or ulong))
        {
            throw new TemplateException(index is null ? "cannot index slice/array with nil" : $"cannot index slice/array with type {GoPrint.TypeName(index)}");
        }

        long position = index is ulong unsigned ? (long)Math.Min(unsigned, long.MaxValue) : (long)index;
        if (position < 0 || (exclusive ? position >= length : position > length))
        {
            throw new TemplateException($"index out of range: {position}");
        }

        return (int)position;
    }

    private static object Slice(object?[] arguments)
    {
        object item = arguments[0] ?? throw new TemplateException("slice of untyped nil");
        if (arguments.Length > 4)
        {
            throw new TemplateException($"too many slice indexes: {arguments.Length - 1}");
        }

        byte[]? bytes = item is string text ? Encoding.UTF8.GetBytes(text) : null;
        if (bytes is not null && arguments.Length == 4)
        {
            throw new TemplateException("cannot 3-index slice a string");
        }

        int length = bytes?.Length ?? (item is IReadOnlyList<object?> l ? l.Count : throw new TemplateException($"can't slice item of type {GoPrint.TypeName(item)}"));
        int[] bounds = [0, length, length];
        for (int i = 1; i < arguments.Length; i++)
        {
            bounds[i - 1] = At(arguments[i], length, exclusive: false);
        }

        for (int i = 0; i < 2; i++)
        {
            if (bounds[i] > bounds[i + 1])
            {
                throw new TemplateException($"invalid slice index: {bounds[i]} > {bounds[i + 1]}");
            }
        }

        return bytes is not null
            ? Encoding.UTF8.GetString(bytes, bounds[0], bounds[1] - bounds[0])
            : ((IReadOnlyList<object?>)item).Skip(bounds[0]).Take(bounds[1] - bounds[0]).ToList();
    }
}
