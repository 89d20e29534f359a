using Wharf.Primitives;

namespace Wharf.Runtime.Processes;

/// <summary>The options of ps(1) that people give to <c>docker top</c>: full and long listings, BSD's aux, and columns by -o.</summary>
internal static class PsOptions
{
    /// <exception cref="WharfException">InvalidArgument naming the option or column that is not understood.</exception>
    public static IReadOnlyList<ProcessColumn> Parse(string text, out IComparer<ProcessFacts> order)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var named = new List<ProcessColumn>();
        bool bsd = false, simple = false, full = false, label = false, longForm = false;
        order = ProcessOrder.Parse("pid");
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            if (word is "-o" or "o" or "-eo" or "-Ao" or "axo" or "-axo" or "--format")
            {
                named.AddRange(Columns(++i < words.Length ? words[i] : throw WharfException.Invalid("the ps option -o needs a list of columns")));
            }
            else if (word.StartsWith("--sort=", StringComparison.Ordinal))
            {
                order = ProcessOrder.Parse(word["--sort=".Length..]);
            }
            else if (word is "--sort" or "k" or "-k")
            {
                order = ProcessOrder.Parse(++i < words.Length ? words[i] : throw WharfException.Invalid($"the ps option {word} needs a list of columns"));
            }
            else if (word.StartsWith("-o", StringComparison.Ordinal) || word.StartsWith("--format=", StringComparison.Ordinal))
            {
                named.AddRange(Columns(word[(word.StartsWith("--", StringComparison.Ordinal) ? 9 : 2)..]));
            }
            else
            {
                foreach (char c in word.TrimStart('-'))
                {
                    switch (c)
                    {
                        case 'e' or 'A' or 'w' or 'r':
                            break;
                        case 'f' or 'F':
                            full = true;
                            break;
                        case 'a' or 'x' or 'u':
                            bsd |= c == 'u';
                            simple |= c == 'x' || (c == 'a' && word[0] != '-');
                            break;
                        case 'l':
                            longForm = true;
                            break;
                        case 'Z' or 'M':
                            label = true;
                            break;
                        default:
                            throw WharfException.Invalid($"the ps option '{c}' in \"{text}\" is not understood: use -ef, aux, -l, -Z, --sort or -o with columns");
                    }
                }
            }
        }

        if (named.Count > 0)
        {
            return named.Any(c => c.Title == "PID") ? named : throw WharfException.Invalid("Couldn't find PID field in ps output");
        }

        IEnumerable<string> columns = bsd ? ["user", "pid", "%cpu", "%mem", "vsz", "rss", "tty", "stat", "start", "time", "command"]
            : longForm ? ["s", "uid", "pid", "ppid", "c", "pri", "ni", "vsz", "tty", "time", "cmd"]
            : full ? ["user", "pid", "ppid", "c", "stime", "tty", "time", "cmd"]
            : simple ? ["pid", "tty", "stat", "time", "command"]
            : ["pid", "tty", "time", "cmd"];
        IEnumerable<ProcessColumn> list = columns.Select(name => !bsd && name == "user" ? ProcessColumn.ByName[name] with { Title = "UID" }
            : bsd && name == "start" ? new ProcessColumn("START", f => ProcessColumn.Clock(f.StartedAt))
            : (bsd || (simple && !full && !longForm)) && name == "time" ? new ProcessColumn("TIME", f => ProcessColumn.Short(f.CpuTime))
            : ProcessColumn.ByName[name]);
        return label ? [ProcessColumn.ByName["label"], .. list] : [.. list];
    }

    private static IEnumerable<ProcessColumn> Columns(string list)
    {
        foreach (string item in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = item.IndexOf('=');
            string name = (equals < 0 ? item : item[..equals]).ToLowerInvariant();
            if (!ProcessColumn.ByName.TryGetValue(name, out ProcessColumn? column))
            {
                throw WharfException.Invalid($"unknown ps column \"{name}\": known are {string.Join(' ', ProcessColumn.ByName.Keys)}");
            }

            yield return equals < 0 ? column : column with { Title = item[(equals + 1)..] };
        }
    }
}
