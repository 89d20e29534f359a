using Wharf.Primitives;

namespace Wharf.Daemon.Options;

/// <summary>Go's flag grammar: <c>--name value</c>, <c>--name=value</c>, <c>-Dl debug</c>; booleans take a value only behind an equals sign.</summary>
internal static class FlagParser
{
    public static OptionValues Parse(IReadOnlyList<string> arguments)
    {
        var values = new OptionValues();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument.StartsWith("--", StringComparison.Ordinal) && argument.Length > 2)
            {
                ParseLong(arguments, ref i, values);
            }
            else if (argument.StartsWith('-') && argument.Length > 1 && argument != "--")
            {
                ParseShort(arguments, ref i, values);
            }
            else
            {
                throw WharfException.Invalid($"unknown command: wharfd {argument}");
            }
        }

        return values;
    }

    private static void ParseLong(IReadOnlyList<string> arguments, ref int i, OptionValues values)
    {
        string text = arguments[i][2..];
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? text : text[..equals];
        OptionSpec spec = OptionTable.Find(name) ?? throw (OptionTable.Unsupported.Contains(name)
            ? WharfException.Unsupported($"flag --{name} is not supported by this engine")
            : WharfException.Invalid($"unknown flag: --{name}"));
        string value = equals >= 0 ? text[(equals + 1)..]
            : spec.Kind == OptionKind.Flag ? "true"
            : Next(arguments, ref i, $"--{name}");
        values.Set(spec, value);
    }

    private static void ParseShort(IReadOnlyList<string> arguments, ref int i, OptionValues values)
    {
        string bundle = arguments[i][1..];
        for (int at = 0; at < bundle.Length; at++)
        {
            OptionSpec spec = OptionTable.FindShort(bundle[at])
                ?? throw WharfException.Invalid($"unknown shorthand flag: '{bundle[at]}' in -{bundle}");
            string rest = bundle[(at + 1)..];
            if (rest.StartsWith('='))
            {
                values.Set(spec, rest[1..]);
                return;
            }

            if (spec.Kind != OptionKind.Flag)
            {
                values.Set(spec, rest.Length > 0 ? rest : Next(arguments, ref i, $"-{bundle[at]}"));
                return;
            }

            values.Set(spec, "true");
        }
    }

    private static string Next(IReadOnlyList<string> arguments, ref int i, string flag) =>
        ++i < arguments.Count ? arguments[i] : throw WharfException.Invalid($"flag needs an argument: {flag}");
}
