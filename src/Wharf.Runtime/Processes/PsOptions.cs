using Wharf.Primitives;

namespace Wharf.Runtime.Processes;

/// <summary>
/// The options of ps(1) that people give to <c>docker top</c>, in its three grammars: <c>-ef</c>, <c>aux</c> and <c>--sort=pid</c>. Without a selection all
/// processes of the container are shown.
/// </summary>
internal sealed class PsOptions
{
    private const string NoPid = "Couldn't find PID field in ps output";
    private readonly string _text;
    private readonly Queue<string> _words;
    private readonly List<ProcessColumn> _named = [];
    private readonly List<Func<ProcessFacts, bool>> _selections = [];
    private bool _label;
    private bool _all;
    private bool _running;
    private char _format = ' ';
    private bool _bsd;

    /// <exception cref="WharfException">InvalidArgument naming the option or column that is not understood.</exception>
    public PsOptions(string text)
    {
        _text = text;
        _words = new Queue<string>(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        while (_words.TryDequeue(out string? word))
        {
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                Long(word);
            }
            else if (word.StartsWith('-') && !(word.Contains('a') && word.Contains('x')))
            {
                Letters(word[1..], Unix);
            }
            else
            {
                _bsd = true;
                Letters(word.TrimStart('-'), Berkeley);
            }
        }

        if (_named.Count > 0 && !_named.Exists(c => c.Title == "PID"))
        {
            throw WharfException.Invalid(NoPid);
        }

        Columns = _named.Count > 0 ? _named : PsFormats.Of(_format, _bsd, _label);
    }

    public IReadOnlyList<ProcessColumn> Columns { get; }

    public IComparer<ProcessFacts> Order { get; private set; } = ProcessOrder.Parse("pid");

    /// <summary>Children stand below their parents, indented.</summary>
    public bool Forest { get; private set; }

    /// <summary>Behind each command stands its environment.</summary>
    public bool Environment { get; private set; }

    public bool Selects(ProcessFacts process) =>
        (_all || _selections.Count == 0 || _selections.Exists(s => s(process))) && (!_running || process.State.StartsWith('R'));

    private void Long(string word)
    {
        int equals = word.IndexOf('=');
        string name = equals < 0 ? word[2..] : word[2..equals];
        string Value() => equals < 0 ? Next(word) : word[(equals + 1)..];
        switch (name)
        {
            case "sort":
                Order = ProcessOrder.Parse(Value());
                break;
            case "format":
                Name(Value());
                break;
            case "pid":
                SelectPids(Value());
                break;
            case "user":
                SelectUsers(Value());
                break;
            case "forest":
                Forest = true;
                break;
            case "no-headers" or "no-heading" or "noheader" or "noheaders" or "noheading":
                throw WharfException.Invalid(NoPid);
            default:
                throw WharfException.Invalid($"the ps option \"{word}\" is not understood");
        }
    }

    // A letter that takes a value takes the rest of its word, or the next one.
    private void Letters(string word, Func<char, Action<string>?> meaning)
    {
        for (int i = 0; i < word.Length; i++)
        {
            if (meaning(word[i]) is { } take)
            {
                take(i + 1 < word.Length ? word[(i + 1)..] : Next("-" + word[i]));
                return;
            }
        }
    }

    private Action<string>? Unix(char letter)
    {
        switch (letter)
        {
            case 'e' or 'A' or 'a' or 'd':
                _all = true;
                return null;
            case 'x':
                _all = _bsd = true;
                return null;
            case 'f' or 'F' or 'l' or 'j':
                _format = letter;
                return null;
            case 'H':
                Forest = true;
                return null;
            case 'C':
                return SelectNames;
            case 'p' or 'q':
                return SelectPids;
            case 'u' or 'U':
                return SelectUsers;
            default:
                return Common(letter);
        }
    }

    private Action<string>? Berkeley(char letter)
    {
        switch (letter)
        {
            case 'a' or 'x' or 'g':
                _all = true;
                return null;
            case 'e':
                Environment = true;
                return null;
            case 'u' or 'l' or 'j':
                _format = letter;
                return null;
            case 'f':
                Forest = true;
                return null;
            case 'r':
                _running = true;
                return null;
            case 'h':
                throw WharfException.Invalid(NoPid);
            case 'p':
                return SelectPids;
            case 'U':
                return SelectUsers;
            default:
                return Common(letter);
        }
    }

    private Action<string>? Common(char letter)
    {
        switch (letter)
        {
            case 'w':
                return null; // no line is ever cut
            case 'Z' or 'M':
                _label = true;
                return null;
            case 'o':
                return Name;
            case 'k':
                return keys => Order = ProcessOrder.Parse(keys);
            default:
                throw WharfException.Invalid($"the ps option '{letter}' in \"{_text}\" is not understood: use -ef, aux, -l, -j, -Z, -H, -C, -p, -u, --sort or -o with columns");
        }
    }

    private string Next(string option) => _words.TryDequeue(out string? word) ? word : throw WharfException.Invalid($"the ps option {option} needs a value");

    private void SelectNames(string list)
    {
        string[] names = Items(list);
        _selections.Add(p => Array.IndexOf(names, p.Name) >= 0);
    }

    private void SelectPids(string list)
    {
        int[] pids = Array.ConvertAll(Items(list), item => int.TryParse(item, out int pid) ? pid : throw WharfException.Invalid("process ID list syntax error"));
        _selections.Add(p => Array.IndexOf(pids, p.Pid) >= 0);
    }

    private void SelectUsers(string list)
    {
        string[] users = Items(list);
        _selections.Add(p => Array.IndexOf(users, p.User) >= 0 || Array.IndexOf(users, p.UserId.ToString()) >= 0);
    }

    private void Name(string list)
    {
        foreach (string item in Items(list))
        {
            int equals = item.IndexOf('=');
            string name = (equals < 0 ? item : item[..equals]).ToLowerInvariant();
            if (!ProcessColumn.ByName.TryGetValue(name, out ProcessColumn? column))
            {
                throw WharfException.Invalid($"unknown ps column \"{name}\": known are {string.Join(' ', ProcessColumn.ByName.Keys)}");
            }

            // whoever reads the column PID must find process ids there
            if (equals >= 0 && name != "pid" && item.AsSpan(equals + 1).TrimStart().StartsWith("PID"))
            {
                throw WharfException.Invalid($"specifying \"{item}\" is not allowed");
            }

            _named.Add(equals < 0 ? column : column with { Title = item[(equals + 1)..] });
        }
    }

    private static string[] Items(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
