using Wharf.Client.Answers;
using Wharf.Api.Containers;
using Wharf.Cli.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Client.Http;

namespace Wharf.Cli.Builds;

/// <summary><c>build --on-error=shell</c>: a shell in the files that the failed step left, with its environment; everything goes when it ends.</summary>
internal static class FailureShell
{
    private const string Shell = "/bin/sh";

    /// <exception cref="CommandException">There is no terminal to have a shell on.</exception>
    public static bool IsWanted(Invocation call)
    {
        bool wanted = call.Bool("debug") || call.String("on-error") == "shell";
        return wanted && !call.Cli.Terminal.InputIsTerminal
            ? throw new CommandException($"{(call.Bool("debug") ? "--debug" : "--on-error=shell")} needs a terminal at standard input")
            : wanted;
    }

    /// <returns>The exit code of the step that failed: a look inside does not mend the build.</returns>
    public static async Task<int> RunAsync(Invocation call, string container, CommandException failure, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        cli.Error.WriteLine(failure.Message);
        string? image = null;
        try
        {
            IdResponse made = await cli.Client.PostAsync("/commit" + new Query { { "container", container } }, null, ClientJson.Default.IdResponse, ct);
            image = made.Id;
            cli.Error.WriteLine($"The failed step's files, in a shell ({Shell}); exit to end the build:");
            Command run = RunCommand.Definition;
            FlagParser.Outcome parsed = FlagParser.Parse(run.Flags, ["--rm", "-it", "--entrypoint", Shell, image!], run.FlagsAnywhere);
            await run.Run!(new Invocation(run, call.Path, parsed.Values, parsed.Arguments, cli), ct);
        }
        finally
        {
            await cli.Client.CallAsync("DELETE", $"/containers/{container}" + new Query { { "force", "1" }, { "v", "1" } }, null, CancellationToken.None);
            if (image is not null)
            {
                await cli.Client.RemoveImageAsync(image, [], CancellationToken.None);
            }
        }

        return failure.ExitCode;
    }
}
