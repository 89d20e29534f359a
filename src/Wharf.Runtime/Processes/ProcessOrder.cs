using System.Globalization;
using Wharf.Primitives;

namespace Wharf.Runtime.Processes;

/// <summary>The order of rows that <c>--sort</c> asks for: column names with a plus or minus before them, the first counting most.</summary>
internal sealed class ProcessOrder : IComparer<ProcessFacts>
{
    private readonly List<(ProcessColumn Column, bool Descending)> _keys = [];

    private ProcessOrder()
    {
    }

    /// <exception cref="WharfException">InvalidArgument naming the column that is not known.</exception>
    public static ProcessOrder Parse(string text)
    {
        var order = new ProcessOrder();
        foreach (string word in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = word.TrimStart('+', '-').ToLowerInvariant();
            order._keys.Add((
                ProcessColumn.ByName.GetValueOrDefault(name) ?? throw WharfException.Invalid($"unknown sort specifier \"{word}\""),
                word.StartsWith('-')));
        }

        return order;
    }

    public int Compare(ProcessFacts? x, ProcessFacts? y)
    {
        foreach ((ProcessColumn column, bool descending) in _keys)
        {
            string a = column.Value(x!), b = column.Value(y!);
            int result = decimal.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal first)
                && decimal.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal second)
                ? first.CompareTo(second)
                : string.CompareOrdinal(a, b);
            if (result != 0)
            {
                return descending ? -result : result;
            }
        }

        return x!.Pid.CompareTo(y!.Pid);
    }
}
