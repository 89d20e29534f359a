namespace Wharf.Build.Execution;

/// <summary>A build step by step, as it happens: stages that run side by side report side by side, from several threads.</summary>
public interface IBuildProgress
{
    /// <summary>A step begins; its <see cref="BuildStep.Number"/> names it in the calls that follow.</summary>
    void Started(BuildStep step);

    /// <summary>Output of the step's command, or a remark about the step; not cut at lines.</summary>
    void Log(int step, string text);

    /// <summary>Progress of what the step fetches: already in the words of the transfer.</summary>
    void Transfer(int step, object transferEvent);

    /// <summary>The last word about a step.</summary>
    void Finished(int step, StepOutcome outcome);

    /// <summary>Something the build does although it is not as it should be.</summary>
    void Warning(string text);

    /// <summary>How the result came to be, for who asked for it: a predicate of SLSA's, JSON.</summary>
    void Provenance(string predicate);

    /// <summary>A name was given to the result.</summary>
    void Tagged(string name);
}

/// <summary>How a step ended.</summary>
public enum StepOutcome
{
    Done = 0,
    Cached,
    Failed,
    Cancelled,
}

/// <summary>One instruction of one stage, about to be carried out.</summary>
/// <param name="Number">Unique within the build, in the order of the file.</param>
/// <param name="Stage">Name of the stage, <c>stage-N</c> for one without; null when the build has only one stage.</param>
/// <param name="Position">Counted from 1 among the stage's steps that may change files; 0 for one that changes only the configuration.</param>
/// <param name="Count">Steps of the stage that may change files.</param>
/// <param name="Text">The instruction as it is written.</param>
/// <param name="Line">Where it begins in the Dockerfile; 0 for one that is not there (labels of the command line).</param>
public sealed record BuildStep(int Number, string? Stage, int Position, int Count, string Text, int Line);
