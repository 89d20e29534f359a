using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Completions;

/// <summary>Prints a shell's completion script.</summary>
internal static class CompletionCommand
{
    public static Command Definition => new("completion", "Generate the autocompletion script for the specified shell")
    {
        Usage = "bash|fish|zsh",
        IsHidden = true,
        Arity = Arity.Exactly(1),
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        string script = call.Arguments[0] switch
        {
            "bash" => CompletionScripts.Bash,
            "zsh" => CompletionScripts.Zsh,
            "fish" => CompletionScripts.Fish,
            var other => throw new CommandException($"unsupported shell \"{other}\": must be one of bash, fish, zsh"),
        };
        call.Cli.Out.Write(script.Replace("PROGRAM", call.Cli.Program, StringComparison.Ordinal));
        return Task.FromResult(0);
    }
}
