namespace Wharf.Build.Execution;

/// <summary>What a failed build's exception carries in <see cref="Exception.Data"/> for whoever tells of it.</summary>
public static class BuildFailure
{
    /// <summary>Exit code of the command (int).</summary>
    public const string CodeKey = "exitCode";

    /// <summary>Number of the step (int).</summary>
    public const string StepKey = "build.step";

    /// <summary>The instruction in its surroundings, for errors whose message does not show it.</summary>
    public const string ExcerptKey = "build.excerpt";

    /// <summary>Id of the container that was kept for a look inside.</summary>
    public const string ContainerKey = "build.container";
}
