using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Runtime.Launch;

namespace Wharf.Shim.Processes;

/// <summary>The pipes of a process without a terminal: our ends, which do not block, and the process's, which are closed here once it has them.</summary>
internal sealed class StdioPipes : IDisposable
{
    // Fewer wake-ups for a process that writes a lot; the kernel takes memory only for what is really in the pipe.
    private const int PipeSize = 256 * 1024;

    private readonly SafeFileHandle? _stdinTheirs;
    private readonly SafeFileHandle _stdoutTheirs;
    private readonly SafeFileHandle _stderrTheirs;

    /// <param name="withStdin">False: the process reads /dev/null.</param>
    public StdioPipes(bool withStdin)
    {
        (Stdout, _stdoutTheirs) = Output();
        (Stderr, _stderrTheirs) = Output();
        if (withStdin)
        {
            FileCalls.Pipe(out SafeFileHandle theirs, out SafeFileHandle ours).ThrowIfError("pipe");
            FileCalls.SetNonBlocking(ours, true).ThrowIfError("fcntl");
            (Stdin, _stdinTheirs) = (ours, theirs);
        }
    }

    public SafeFileHandle? Stdin { get; }

    public SafeFileHandle Stdout { get; }

    public SafeFileHandle Stderr { get; }

    public StdioDescriptors Theirs => new(_stdinTheirs?.Number() ?? -1, _stdoutTheirs.Number(), _stderrTheirs.Number());

    /// <summary>Closes the process's ends, so that the pipes end with the process.</summary>
    public void CloseTheirs()
    {
        _stdinTheirs?.Dispose();
        _stdoutTheirs.Dispose();
        _stderrTheirs.Dispose();
    }

    /// <summary>Closes everything: for a process that did not come to life.</summary>
    public void Dispose()
    {
        CloseTheirs();
        Stdin?.Dispose();
        Stdout.Dispose();
        Stderr.Dispose();
    }

    // Non-blocking is a property of the open end: the process's own end stays blocking.
    private static (SafeFileHandle Ours, SafeFileHandle Theirs) Output()
    {
        FileCalls.Pipe(out SafeFileHandle ours, out SafeFileHandle theirs).ThrowIfError("pipe");
        FileCalls.SetNonBlocking(ours, true).ThrowIfError("fcntl");
        _ = FileCalls.SetPipeSize(ours, PipeSize, out _); // over the user's limit the default size stays
        return (ours, theirs);
    }
}
