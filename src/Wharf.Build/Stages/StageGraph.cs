using Wharf.Build.Instructions;
using Wharf.Primitives;

namespace Wharf.Build.Stages;

/// <summary>Which stages a target needs, and which of them each one waits for. Stages that nobody needs are not run.</summary>
public sealed class StageGraph
{
    private readonly Dictionary<int, IReadOnlyList<Stage>> _needs = [];

    private StageGraph(Stage target) => Target = target;

    public Stage Target { get; }

    /// <summary>Needed stages in the order of the file.</summary>
    public IReadOnlyList<Stage> Stages { get; private set; } = [];

    public IReadOnlyList<Stage> NeedsOf(Stage stage) => _needs[stage.Index];

    /// <param name="list">The file.</param>
    /// <param name="target">The stage to reach.</param>
    /// <param name="baseName">The expanded name of a stage's FROM, which may be another stage.</param>
    /// <param name="isContext">Whether a name is one of the build's named contexts, which stand before stages.</param>
    /// <param name="triggers">Instructions that a stage's base image adds to it, as far as that is known.</param>
    /// <exception cref="WharfException">InvalidArgument with the line: a stage that copies from itself or a later one.</exception>
    public static StageGraph Of(StageList list, Stage target, Func<Stage, string> baseName, Func<string, bool> isContext, Func<Stage, IEnumerable<Instruction>> triggers)
    {
        var graph = new StageGraph(target);
        var waiting = new Stack<Stage>([target]);
        while (waiting.TryPop(out var stage))
        {
            if (graph._needs.ContainsKey(stage.Index))
            {
                continue;
            }

            var needs = new List<Stage>();
            string name = baseName(stage);
            if (!isContext(name) && list.FindByName(name, stage.Index) is { } parent)
            {
                needs.Add(parent);
            }

            foreach (var instruction in triggers(stage).Concat(stage.Instructions))
            {
                foreach (string source in SourcesOf(instruction).Where(s => !isContext(s)))
                {
                    if (list.Find(source, stage.Index) is { } other)
                    {
                        needs.Add(other);
                    }
                    else if (source.Equals(stage.Name, StringComparison.OrdinalIgnoreCase) || list.Find(source, list.Stages.Count) is not null)
                    {
                        throw Dockerfile.DockerfileError.At(instruction.Lines, $"cannot copy from stage \"{source}\", it needs to be defined before current stage \"{stage}\"", source);
                    }
                    else if (source.Length > 0 && source.All(char.IsAsciiDigit))
                    {
                        throw Dockerfile.DockerfileError.At(instruction.Lines, $"invalid from flag value {source}: index out of bounds", source);
                    }
                }
            }

            graph._needs[stage.Index] = [.. needs.Distinct()];
            foreach (var need in needs)
            {
                waiting.Push(need);
            }
        }

        graph.Stages = [.. graph._needs.Keys.Order().Select(i => list.Stages[i])];
        return graph;
    }

    private static IEnumerable<string> SourcesOf(Instruction instruction) => instruction switch
    {
        CopyInstruction { From: { } from } => [from],
        RunInstruction run => run.Mounts.SelectMany(m => m.Split(',')).Where(p => p.StartsWith("from=", StringComparison.Ordinal)).Select(p => p[5..]),
        _ => [],
    };
}
