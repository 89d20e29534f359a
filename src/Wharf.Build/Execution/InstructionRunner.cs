using Wharf.Build.Copying;
using Wharf.Build.Instructions;
using Wharf.Build.Stages;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>Carries out one instruction on a stage's state.</summary>
internal sealed class InstructionRunner(StepRunner steps, Stage stage)
{
    private readonly CopyRunner _copy = new(steps, stage);
    private readonly CommandRunner _command = new(steps, stage);

    private StageState State => steps.State;

    public Task RunAsync(Instruction instruction, CancellationToken ct) => instruction switch
    {
        RunInstruction run => _command.RunAsync(run, ct),
        CopyInstruction copy => _copy.RunAsync(copy, ct),
        WorkdirInstruction workdir => WorkdirAsync(workdir, ct),
        ArgInstruction argument => ArgumentAsync(argument, ct),
        _ => steps.ConfigureAsync(ConfigInstructions.Apply(State, instruction), ct),
    };

    private async Task ArgumentAsync(ArgInstruction instruction, CancellationToken ct)
    {
        var shown = new List<string>();
        foreach (var argument in instruction.Arguments)
        {
            string? value = argument.Default is null ? null
                : steps.Session.Arguments.IsGiven(argument.Name) ? Written(argument.Default) : State.Expander().Expand(argument.Default);
            string? effective = steps.Session.Arguments.Declare(argument.Name, value);
            State.Declare(argument.Name, effective);
            shown.Add(value is null ? argument.Name : $"{argument.Name}={value}");
        }

        await steps.ConfigureAsync("ARG " + string.Join(' ', shown), ct);
    }

    // History tells the default also where it is not used; one that cannot be expanded stands there as it was written.
    private string Written(string text)
    {
        try
        {
            return State.Expander().Expand(text);
        }
        catch (WharfException)
        {
            return text;
        }
    }

    private async Task WorkdirAsync(WorkdirInstruction instruction, CancellationToken ct)
    {
        string path = State.Expander().Expand(instruction.Path);
        if (path.Length == 0)
        {
            throw WharfException.Invalid("cannot normalize nothing: the path of WORKDIR is empty after its variables were replaced");
        }

        path = PathPattern.Clean(path.StartsWith('/') ? path : $"{State.Run.WorkingDir}/{path}");
        path = path.StartsWith('/') ? path : "/" + path;
        State.Run = State.Run with { WorkingDir = path };
        var step = new Step(steps.Key("workdir").Add("path", path).Add("user", State.Run.User ?? ""), "workdir", steps.NoOperation() + "WORKDIR " + path);
        if (await steps.TryCachedAsync(step, ct))
        {
            return;
        }

        await using var workspace = await steps.Session.Workspaces.OpenAsync(State.Image, ct);
        var root = new TargetTree(workspace.Root);
        using (root.MakeDirectories(path, State.Run.User is { Length: > 0 } user ? OwnerLookup.ResolveOrRoot(user, root) : (0, 0)))
        {
            // the handle is not needed: only that the folder is there
        }

        string id = ObjectId.Shorten(ObjectId.New());
        steps.Output.Write($" ---> Running in {id}\n");
        steps.SayRemoved(id);
        await steps.CommitAsync(step, workspace.Id, keep: false, ct);
    }

    /// <summary>For messages of nested runners.</summary>
    public override string ToString() => stage.ToString();
}
