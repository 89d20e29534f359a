using Microsoft.Win32.SafeHandles;
using Wharf.Runtime.Launch;
using Wharf.Runtime.Shims;

namespace Wharf.Shim.Processes;

/// <summary>What makes processes: our own launcher, or another OCI runtime's program. Answers come through callbacks, at once or later, in the loop.</summary>
internal interface IContainerBackend
{
    /// <summary>Starts the container's first process.</summary>
    /// <param name="json">The task as it came, for who hands the specification on.</param>
    void Start(ShimTask task, ReadOnlyMemory<byte> json, StdioDescriptors stdio, Action<LaunchResult> done);

    /// <summary>Starts one more process beside the first one.</summary>
    void Exec(ShimExec exec, ReadOnlyMemory<byte> json, StdioDescriptors stdio, Action<LaunchResult> done);

    /// <summary>Removes what the start made outside the container: called once, after the end or a failed start.</summary>
    void CleanUp();

    /// <summary>Whether a started pid may have been reaped before we heard of it.</summary>
    bool StartsForeignProcesses { get; }
}
