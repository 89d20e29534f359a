using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Builds;

/// <summary>A build that the engine ended badly.</summary>
/// <param name="message">For people.</param>
/// <param name="exitCode">Of the command that failed, or 1.</param>
/// <param name="container">What the failed step left, if it was kept.</param>
internal sealed class BuildFailedException(string message, int exitCode, string? container) : CommandException(message, exitCode)
{
    public string? Container => container;
}
