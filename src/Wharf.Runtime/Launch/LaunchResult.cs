using Microsoft.Win32.SafeHandles;

namespace Wharf.Runtime.Launch;

/// <summary>What became of a launch. Either <see cref="Failure"/> is set, and nothing runs any more, or the process is there.</summary>
public sealed record LaunchResult
{
    /// <summary>The process as the host sees it. It is our child: the caller reaps it.</summary>
    public int Pid { get; init; }

    public SafeFileHandle? PidFd { get; init; }

    /// <summary>The master side of the terminal, when the process has one.</summary>
    public SafeFileHandle? Console { get; init; }

    public LaunchFailure? Failure { get; init; }

    /// <summary>What was asked for and could not be had here, but did not prevent the start.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>
/// Why no process runs: the sentence for the user in the words of the runtimes that Docker uses, and the exit code that Docker
/// reports for it: 127 not found, 126 not executable, 128 anything else.
/// </summary>
public sealed record LaunchFailure(string Message, int ExitCode);
