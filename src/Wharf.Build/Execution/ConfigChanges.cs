using Wharf.Build.Dockerfile;
using Wharf.Build.Instructions;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>The Dockerfile instructions that <c>commit --change</c> and <c>import --change</c> take.</summary>
public static class ConfigChanges
{
    private static readonly HashSet<string> Allowed =
        ["cmd", "entrypoint", "env", "expose", "healthcheck", "label", "onbuild", "stopsignal", "user", "volume", "workdir"];

    /// <exception cref="WharfException">InvalidArgument: an instruction that is malformed or not one of those.</exception>
    public static RunConfig Apply(RunConfig config, IReadOnlyList<string> changes)
    {
        const char Escape = '\\';
        var state = new StageState(new BuildImage(default, new ImageConfig { Config = config }), Escape);
        var parser = new InstructionParser(Escape, checkTriggers: false);
        foreach (string change in changes)
        {
            foreach (var raw in DockerfileReader.Read(change).Instructions)
            {
                if (!Allowed.Contains(raw.Keyword))
                {
                    throw WharfException.Invalid($"{raw.Keyword} is not a valid change command");
                }

                var instruction = parser.Parse(raw);
                if (instruction is WorkdirInstruction workdir)
                {
                    string path = state.Expander().Expand(workdir.Path);
                    state.Run = state.Run with { WorkingDir = PathPattern.Clean(path.StartsWith('/') ? path : $"/{state.Run.WorkingDir}/{path}") };
                }
                else
                {
                    ConfigInstructions.Apply(state, instruction);
                }
            }
        }

        return state.Run;
    }
}
