using Wharf.Build.Dockerfile;
using Wharf.Build.Instructions;
using Wharf.Primitives;

namespace Wharf.Build.Stages;

/// <summary>A build stage: a FROM and what follows it.</summary>
public sealed record Stage(int Index, FromInstruction From, IReadOnlyList<Instruction> Instructions)
{
    public string? Name => From.StageName;

    public override string ToString() => Name ?? Index.ToString();
}

/// <summary>The whole file as stages, with the arguments declared before the first FROM.</summary>
public sealed record StageList(IReadOnlyList<ArgInstruction> GlobalArguments, IReadOnlyList<Stage> Stages, DockerfileSource Source)
{
    /// <summary>Reads and parses a whole file.</summary>
    /// <param name="text">The Dockerfile.</param>
    /// <param name="fileName">Its name for people.</param>
    /// <exception cref="WharfException">InvalidArgument with file, line, column and excerpt.</exception>
    public static StageList Parse(string text, string fileName = "Dockerfile")
    {
        try
        {
            return Parse(DockerfileReader.Read(text));
        }
        catch (WharfException e)
        {
            throw DockerfileError.Located(e, text.TrimStart('\ufeff').TrimEnd('\n').Split('\n').Select(l => l.TrimEnd('\r')).ToList(), fileName);
        }
    }

    private static StageList Parse(DockerfileSource source)
    {
        var parser = new InstructionParser(source.Escape);
        var globals = new List<ArgInstruction>();
        var stages = new List<Stage>();
        List<Instruction>? current = null;
        foreach (var raw in source.Instructions)
        {
            var instruction = parser.Parse(raw);
            switch (instruction)
            {
                case FromInstruction from:
                    current = [];
                    stages.Add(new Stage(stages.Count, from, current));
                    break;
                case ArgInstruction argument when current is null:
                    globals.Add(argument);
                    break;
                default:
                    (current ?? throw DockerfileError.At(raw.Lines, "no build stage in current context: the first instruction must be FROM (or ARG)")).Add(instruction);
                    break;
            }
        }

        return stages.Count == 0
            ? throw WharfException.Invalid("dockerfile contains no stages to build: a FROM instruction is missing")
            : new StageList(globals, stages, source);
    }

    /// <summary>The stage that FROM names: by its name only, as a number is an image.</summary>
    public Stage? FindByName(string name, int before) => Stages.Take(before).LastOrDefault(s => name.Equals(s.Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The stage of a name or number, looking only before <paramref name="before"/>; the last of several with one name.</summary>
    public Stage? Find(string nameOrNumber, int before)
    {
        string name = nameOrNumber.ToLowerInvariant();
        var byName = Stages.Take(before).LastOrDefault(s => s.Name == name);
        return byName ?? (int.TryParse(name, out int index) && index >= 0 && index < before ? Stages[index] : null);
    }

    /// <summary>The stage to build: the one asked for, or the last.</summary>
    /// <exception cref="WharfException">InvalidArgument: no such stage.</exception>
    public Stage Target(string? wanted) =>
        string.IsNullOrEmpty(wanted) ? Stages[^1]
        : Find(wanted, Stages.Count) ?? throw WharfException.Invalid(
            $"failed to reach build target {wanted} in Dockerfile: target stage \"{wanted}\" could not be found{Nearness.Suggest(wanted, Stages.Select(s => s.Name).OfType<string>())}");
}
