using Wharf.Api.Containers;
using Wharf.Primitives;

namespace Wharf.Engine.Containers;

/// <summary>What a wait waits for: the <c>condition</c> parameter of the API.</summary>
public enum WaitCondition
{
    /// <summary>The container does not run; answered at once if that is so, else at the end of this run, whatever the policy does then.</summary>
    NotRunning,

    /// <summary>The next end of a run, even if the container does not run now.</summary>
    NextExit,

    /// <summary>The container is gone.</summary>
    Removed,
}

/// <summary>A registered wait. Disposing it, or cancelling the task's consumer, costs nothing.</summary>
/// <param name="Answer">The exit code; with an error text when a removal failed.</param>
public sealed record ContainerWait(Task<ContainerWaitResponse> Answer)
{
    /// <summary>Reads the API's word; absent means not-running.</summary>
    /// <exception cref="WharfException">InvalidArgument: invalid condition: "X".</exception>
    public static WaitCondition ParseCondition(string? text) => text switch
    {
        null or "" or "not-running" => WaitCondition.NotRunning,
        "next-exit" => WaitCondition.NextExit,
        "removed" => WaitCondition.Removed,
        _ => throw WharfException.Invalid($"invalid condition: \"{text}\""),
    };
}
