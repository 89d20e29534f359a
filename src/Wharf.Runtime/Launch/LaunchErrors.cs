using Wharf.Linux;

namespace Wharf.Runtime.Launch;

/// <summary>A failed operation as the sentence that Docker's users know, and the exit code Docker gives it.</summary>
internal static class LaunchErrors
{
    public const int NotFoundExitCode = 127;
    public const int NotExecutableExitCode = 126;
    public const int OtherExitCode = 128;

    private const string Prefix = "unable to start container process: ";

    public static LaunchFailure Explain(LaunchPlan plan, int operation, Errno errno)
    {
        ExecutableSteps executable = plan.Executable;
        if (operation >= executable.First)
        {
            return Program(executable, operation, errno);
        }

        string sentence = $"{plan.Steps.NameOf(operation).Sentence}: {errno.Describe()}";
        if (plan.Steps.NameOf(operation).Context?.StartsWith("error mounting", StringComparison.Ordinal) == true && errno == Errno.ENOTDIR)
        {
            sentence += ": Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type";
        }
        else if (errno == Errno.ELOOP)
        {
            sentence += " (a symbolic link lies where the container must not have one)";
        }

        return new LaunchFailure($"{Prefix}error during container init: {sentence}", OtherExitCode);
    }

    private static LaunchFailure Program(ExecutableSteps executable, int operation, Errno errno)
    {
        string name = executable.Name;
        bool isPath = name.Contains('/');
        return errno switch
        {
            Errno.ENOENT when operation == executable.MissingInterpreter => new($"{Prefix}exec {name}: no such file or directory", NotFoundExitCode),
            Errno.ENOENT when isPath => new($"{Prefix}exec: \"{name}\": stat {name}: no such file or directory", NotFoundExitCode),
            Errno.ENOENT => new($"{Prefix}exec: \"{name}\": executable file not found in $PATH", NotFoundExitCode),
            Errno.ENOTDIR => new($"{Prefix}exec: \"{name}\": stat {name}: not a directory", NotExecutableExitCode),
            Errno.EACCES or Errno.EPERM => new($"{Prefix}exec: \"{name}\": {errno.Describe()}", NotExecutableExitCode),
            _ => new($"{Prefix}exec {name}: {errno.Describe()}", NotExecutableExitCode),
        };
    }
}
