using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Containers.Lifecycle;

/// <summary>Why a process did not start, in Docker's words: clients look for parts of them to choose their exit code.</summary>
internal static class StartFailure
{
    public static WharfException OfCreate(ShimLaunchResult result)
    {
        string text = $"failed to create task for container: failed to create shim task: OCI runtime create failed: {result.Error}: unknown";
        if (result.Error!.Contains("not a directory", StringComparison.Ordinal) && result.Error.Contains("mount", StringComparison.Ordinal))
        {
            text += ": Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type";
        }

        return new WharfException(result.ExitCode is 126 or 127 ? ErrorKind.InvalidArgument : ErrorKind.Internal, text);
    }

    public static WharfException OfExec(ShimLaunchResult result) => new(
        result.ExitCode is 126 or 127 ? ErrorKind.InvalidArgument : ErrorKind.Internal,
        $"OCI runtime exec failed: exec failed: {result.Error}: unknown");
}
