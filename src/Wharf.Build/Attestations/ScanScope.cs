using Wharf.Build.Execution;
using Wharf.Build.Instructions;
using Wharf.Build.Stages;

namespace Wharf.Build.Attestations;

/// <summary>
/// What beside the result a bill of materials is wanted of: the arguments BUILDKIT_SBOM_SCAN_CONTEXT (before the first FROM) and BUILDKIT_SBOM_SCAN_STAGE (there, for all stages,
/// or in a stage). The build's own value stands before the file's; that of a stage is true, false or names of stages (Docker's manual, "SBOM attestations").
/// </summary>
internal static class ScanScope
{
    private const string ContextName = "BUILDKIT_SBOM_SCAN_CONTEXT", StageName = "BUILDKIT_SBOM_SCAN_STAGE";

    public static bool HasContext(BuildSession session) => session.Arguments.Global(ContextName) is { } value && bool.TryParse(value, out bool wanted) && wanted;

    /// <summary>Stages that the build ran and that are wanted, but for its target.</summary>
    public static IEnumerable<Stage> Stages(BuildSession session, StageGraph graph) => graph.Stages.Where(s => s != graph.Target && IsWanted(session, s));

    private static bool IsWanted(BuildSession session, Stage stage)
    {
        var declared = stage.Instructions.OfType<ArgInstruction>().SelectMany(a => a.Arguments).LastOrDefault(a => a.Name == StageName);
        string? value = declared is null ? session.Arguments.Global(StageName) : session.Arguments.Declare(StageName, declared.Default);
        return value is not null && (bool.TryParse(value, out bool wanted) ? wanted : value.Split(',').Contains(stage.ToString(), StringComparer.OrdinalIgnoreCase));
    }
}
