namespace Wharf.Build.Execution;

/// <summary>Where a build tells what it does. Calls come one at a time, in the order of the file even when stages run side by side.</summary>
public interface IBuildOutput
{
    /// <summary>Text for people, with its newlines, as Docker's classic builder prints it.</summary>
    void Write(string text);

    /// <summary>Output of a step's command, or a remark about the step; classic output makes no difference.</summary>
    void WriteLog(string text) => Write(text);

    /// <summary>What a step's command wrote to its standard error.</summary>
    void WriteError(string text) => WriteLog(text);

    /// <summary>Progress of a base image that is being pulled: already in the words of the transfer.</summary>
    void PullProgress(object transferEvent);

    /// <summary>A stage is done: its image. Classic clients are told of each.</summary>
    void StageBuilt(string imageId)
    {
    }

    /// <summary>The finished image.</summary>
    /// <param name="imageId">Which.</param>
    /// <param name="isStage">It is that of the last stage, which was told already.</param>
    void Built(string imageId, bool isStage);
}
