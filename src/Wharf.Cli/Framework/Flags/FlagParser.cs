namespace Wharf.Cli.Framework.Flags;

/// <summary>The words of a command line, split into flags and arguments by the grammar of Go's pflag.</summary>
internal static class FlagParser
{
    /// <summary>A mistake in the flags; the caller adds the usage lines and ends with 125.</summary>
    internal sealed class FlagException(string message) : Exception(message);

    /// <summary>Asked for by <c>--help</c> or <c>-h</c>.</summary>
    internal sealed record Outcome(FlagValues Values, List<string> Arguments, bool WantsHelp, bool UsedShortHelp, List<string> Warnings);

    /// <param name="flags">The declared flags.</param>
    /// <param name="words">What follows the command's name.</param>
    /// <param name="flagsAnywhere">False to stop at the first argument.</param>
    /// <exception cref="FlagException">With pflag's text.</exception>
    public static Outcome Parse(IReadOnlyList<Flag> flags, IReadOnlyList<string> words, bool flagsAnywhere)
    {
        var values = new FlagValues(flags);
        var arguments = new List<string>();
        var warnings = new List<string>();
        bool help = false;
        bool shortHelp = false;
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (word == "--")
            {
                arguments.AddRange(words.Skip(i + 1));
                break;
            }

            if (word.Length < 2 || word[0] != '-')
            {
                arguments.Add(word);
                if (!flagsAnywhere)
                {
                    arguments.AddRange(words.Skip(i + 1));
                    break;
                }

                continue;
            }

            if (word[1] == '-')
            {
                help |= Long(flags, words, ref i, values, warnings);
            }
            else
            {
                shortHelp |= Short(flags, words, ref i, values, warnings);
            }
        }

        return new Outcome(values, arguments, help || shortHelp, shortHelp && !help, warnings);
    }

    private static bool Long(IReadOnlyList<Flag> flags, IReadOnlyList<string> words, ref int i, FlagValues values, List<string> warnings)
    {
        string body = words[i][2..];
        if (body[0] is '-' or '=')
        {
            throw new FlagException($"bad flag syntax: {words[i]}");
        }

        int equals = body.IndexOf('=');
        string name = equals < 0 ? body : body[..equals];
        Flag? flag = flags.FirstOrDefault(f => f.Name == name);
        if (flag is null || name == "help")
        {
            if (name == "help")
            {
                return equals < 0 || IsTrue(body[(equals + 1)..]);
            }

            throw new FlagException($"unknown flag: --{name}");
        }

        string value;
        if (equals >= 0)
        {
            value = body[(equals + 1)..];
        }
        else if (flag.Kind.IsBool)
        {
            value = "true";
        }
        else if (i + 1 < words.Count)
        {
            value = words[++i];
        }
        else
        {
            throw new FlagException($"flag needs an argument: --{name}");
        }

        Set(values, flag, value, warnings);
        return false;
    }

    private static bool Short(IReadOnlyList<Flag> flags, IReadOnlyList<string> words, ref int i, FlagValues values, List<string> warnings)
    {
        string word = words[i];
        string bundle = word[1..];
        while (bundle.Length > 0)
        {
            char letter = bundle[0];
            Flag? flag = flags.FirstOrDefault(f => f.Shorthand == letter);
            if (flag is null)
            {
                if (letter == 'h')
                {
                    return true;
                }

                throw new FlagException($"unknown shorthand flag: '{letter}' in -{bundle}");
            }

            if (bundle.Length > 2 && bundle[1] == '=')
            {
                Set(values, flag, bundle[2..], warnings);
                return false;
            }

            if (flag.Kind.IsBool)
            {
                Set(values, flag, "true", warnings);
                bundle = bundle[1..];
                continue;
            }

            if (bundle.Length > 1)
            {
                Set(values, flag, bundle[1..], warnings);
            }
            else if (i + 1 < words.Count)
            {
                Set(values, flag, words[++i], warnings);
            }
            else
            {
                throw new FlagException($"flag needs an argument: '{letter}' in -{bundle}");
            }

            return false;
        }

        return false;
    }

    private static void Set(FlagValues values, Flag flag, string value, List<string> warnings)
    {
        if (flag.Refusal is { } why)
        {
            throw new FlagException($"--{flag.Name} is not supported: {why}");
        }

        try
        {
            values.Add(flag, value);
        }
        catch (FormatException e)
        {
            throw new FlagException($"invalid argument {Templates.Formatting.GoQuote.Quote(value)} for {Templates.Formatting.GoQuote.Quote(flag.Display)} flag: {e.Message}");
        }

        if (flag.Deprecated is { } note)
        {
            warnings.Add($"Flag --{flag.Name} has been deprecated, {note}");
        }
    }

    private static bool IsTrue(string value)
    {
        try
        {
            return FlagKind.Bool.Parse(value).First() == "true";
        }
        catch (FormatException e)
        {
            throw new FlagException($"invalid argument {Templates.Formatting.GoQuote.Quote(value)} for \"--help\" flag: {e.Message}");
        }
    }
}
