namespace Wharf.Cli.Framework.Commands;

/// <summary>Ends a command with a text on standard error (none when empty) and an exit status.</summary>
internal class CommandException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode => exitCode;

    /// <summary>Ends quietly with the exit status of a program that ran in a container.</summary>
    public static CommandException Exit(int code) => new("", code);
}
