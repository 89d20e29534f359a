using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers.Creation;

/// <summary>Failures of <c>run</c> and <c>create</c>: the hint behind the text, and 125, 126 or 127.</summary>
internal static class StartFailure
{
    public const int EngineFailed = 125;
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    public static CommandException With(Invocation call, Exception error, string verb, int? code = null) =>
        new($"{call.Cli.Program}: {error.Message}\n\nRun '{call.Cli.Program} {verb} --help' for more information", code ?? ExitCode(error.Message));

    public static int ExitCode(string message)
    {
        if (message.Contains("executable file not found", StringComparison.Ordinal) || message.Contains("no such file or directory", StringComparison.Ordinal)
            || message.Contains("system cannot find the file specified", StringComparison.Ordinal))
        {
            return NotFound;
        }

        return message.Contains("permission denied", StringComparison.Ordinal) || message.Contains("is a directory", StringComparison.Ordinal)
            ? NotExecutable
            : EngineFailed;
    }
}
