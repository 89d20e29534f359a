using Wharf.Build.Dockerfile;
using Wharf.Build.Expansion;
using Wharf.Build.Instructions;
using Wharf.Build.Mounts;
using Wharf.Build.Stages;
using Wharf.Primitives;

namespace Wharf.Build.Calls;

/// <summary>Goes through the stages in their order.</summary>
internal sealed class OutlineReader(StageList file, BuildArguments arguments)
{
    private readonly HashSet<string> _usedGlobals = [];
    private readonly Dictionary<int, Dictionary<string, string?>> _values = [];
    private readonly List<OutlineArgument> _declared = [];
    private readonly List<(RunMount Mount, SourceRange Lines)> _mounts = [];

    public OutlineInputs Read(StageGraph graph)
    {
        foreach (var stage in graph.Stages)
        {
            Read(stage);
        }

        return new OutlineInputs(
            [.. UsedGlobals().Concat(_declared).GroupBy(a => a.Name).Select(g => g.Last()).OrderBy(a => a.Lines.Start)],
            Named(RunMountType.Secret),
            Named(RunMountType.Ssh),
            [.. _mounts.Where(m => m.Mount.Type == RunMountType.Cache).Select(m => m.Mount.Id ?? m.Mount.Target!).Distinct()]);
    }

    private void Read(Stage stage)
    {
        WordExpander froms = Noting(_usedGlobals);
        string baseName = Shown(froms, stage.From.BaseName);
        _ = stage.From.Platform is { } platform ? Shown(froms, platform) : null;

        // A stage goes on with the arguments of the stage that it stands on.
        Dictionary<string, string?> values = file.FindByName(baseName, stage.Index) is { } below && _values.TryGetValue(below.Index, out var inherited) ? new(inherited) : [];
        _values[stage.Index] = values;
        var expander = new WordExpander(file.Source.Escape, name => values.GetValueOrDefault(name));
        foreach (var instruction in stage.Instructions)
        {
            if (instruction is ArgInstruction declaration)
            {
                foreach (var argument in declaration.Arguments)
                {
                    values[argument.Name] = arguments.Declare(argument.Name, argument.Default is null ? null : Shown(expander, argument.Default));
                    _declared.Add(Described(declaration, argument.Name, values[argument.Name]));
                }
            }
            else if (instruction is RunInstruction run)
            {
                _mounts.AddRange(run.Mounts.Select(m => Parse(Shown(expander, m))).OfType<RunMount>().Select(m => (m, run.Lines)));
            }
        }
    }

    private List<OutlineArgument> UsedGlobals()
    {
        var needs = new Dictionary<string, HashSet<string>>();
        foreach (var argument in file.GlobalArguments.SelectMany(g => g.Arguments).Where(a => a.Default is not null && !arguments.IsGiven(a.Name)))
        {
            HashSet<string> names = [];
            Shown(Noting(names), argument.Default!);
            needs[argument.Name] = names;
        }

        var open = new Stack<string>(_usedGlobals);
        while (open.TryPop(out string? name))
        {
            foreach (string need in needs.GetValueOrDefault(name) ?? [])
            {
                if (_usedGlobals.Add(need))
                {
                    open.Push(need);
                }
            }
        }

        return [.. file.GlobalArguments.SelectMany(g => g.Arguments.Where(a => _usedGlobals.Contains(a.Name)).Select(a => Described(g, a.Name, arguments.Global(a.Name))))];
    }

    private WordExpander Noting(HashSet<string> names) => new(file.Source.Escape, name =>
    {
        names.Add(name);
        return arguments.Global(name);
    });

    private List<OutlineMount> Named(RunMountType type) =>
    [
        .. _mounts.Where(m => m.Mount.Type == type).GroupBy(m => m.Mount.Id ?? (type == RunMountType.Ssh ? "default" : Path.GetFileName(m.Mount.Target) ?? ""))
            .Select(g => new OutlineMount(g.Key, g.Any(m => m.Mount.Required), g.First().Lines)).OrderBy(m => m.Lines.Start),
    ];

    private static OutlineArgument Described(ArgInstruction declaration, string name, string? value) =>
        new(name, value, Descriptions.Of(declaration.Raw?.Comments, name), declaration.Lines);

    // What cannot be expanded is shown as it is written; the build itself will say what is wrong with it.
    private static string Shown(WordExpander expander, string word)
    {
        try
        {
            return expander.Expand(word);
        }
        catch (WharfException)
        {
            return word;
        }
    }

    private static RunMount? Parse(string mount)
    {
        try
        {
            return RunMount.Parse(mount);
        }
        catch (WharfException)
        {
            return null; // holds variables that have no value here
        }
    }
}
