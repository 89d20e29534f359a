using System.Globalization;
using Wharf.Primitives;

namespace Wharf.OciRuntime.CommandLine;

/// <summary>
/// Flags and operands of a command in the manner of runc's: <c>--flag value</c>, <c>--flag=value</c>, <c>-f value</c>; one dash does for long names
/// too. Flags end at <c>--</c>, and at the first operand where what follows is not ours to read. An unknown flag is an error.
/// </summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    private Arguments(IReadOnlyList<string> operands) => Operands = operands;

    public IReadOnlyList<string> Operands { get; private set; }

    /// <param name="words">The words.</param>
    /// <param name="options">The flags that there are.</param>
    /// <param name="mixed">Flags may stand behind operands too, as with most of runc's commands.</param>
    public static Arguments Parse(ReadOnlySpan<string> words, IReadOnlyList<Option> options, bool mixed = false)
    {
        var parsed = new Arguments([]);
        var operands = new List<string>();
        int i = 0;
        for (; i < words.Length; i++)
        {
            string word = words[i];
            if (word == "--")
            {
                i++;
                break;
            }

            if (word.Length < 2 || word[0] != '-')
            {
                if (!mixed)
                {
                    break;
                }

                operands.Add(word);
                continue;
            }

            string name = word.TrimStart('-');
            string? value = null;
            int equals = name.IndexOf('=');
            if (equals >= 0)
            {
                (name, value) = (name[..equals], name[(equals + 1)..]);
            }

            Option option = Find(options, name)
                ?? throw WharfException.Invalid($"flag provided but not defined: -{name}");
            if (option.TakesValue && value is null)
            {
                value = ++i < words.Length ? words[i] : throw WharfException.Invalid($"flag needs an argument: -{name}");
            }

            parsed.Add(option.Name, value ?? "true");
        }

        parsed.Operands = [.. operands, .. words[i..]];
        return parsed;
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public bool IsSet(string name) => _values.TryGetValue(name, out List<string>? list) && list[^1] is "true" or "1";

    public string? Text(string name) => _values.TryGetValue(name, out List<string>? list) ? list[^1] : null;

    public IReadOnlyList<string> All(string name) => _values.TryGetValue(name, out List<string>? list) ? list : [];

    public long? Number(string name) => Text(name) is not { } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number
        : throw WharfException.Invalid($"invalid value \"{text}\" for flag -{name}: not a number");

    /// <summary>The operands, whose number must be in the range.</summary>
    public IReadOnlyList<string> Operand(int least, int most, string command) =>
        Operands.Count >= least && Operands.Count <= most ? Operands
        : throw WharfException.Invalid($"\"{command}\" requires {(least == most ? $"exactly {least}" : $"{least} to {most}")} argument(s)");

    private static Option? Find(IReadOnlyList<Option> options, string name)
    {
        foreach (Option option in options)
        {
            if (option.Name == name || (name.Length == 1 && option.Short == name[0]))
            {
                return option;
            }
        }

        return null;
    }

    private void Add(string name, string value)
    {
        if (!_values.TryGetValue(name, out List<string>? list))
        {
            _values[name] = list = [];
        }

        list.Add(value);
    }
}
