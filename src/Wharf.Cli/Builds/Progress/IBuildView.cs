using Wharf.Api.Builds;

namespace Wharf.Cli.Builds.Progress;

/// <summary>A way to show a build. Calls come in turns, under the model's gate.</summary>
internal interface IBuildView : IDisposable
{
    /// <summary>Something happened; the model knows it already.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="step">What it is about, or null.</param>
    void Show(BuildEvent happened, StepModel? step);

    /// <summary>The build is over: whatever is still to be said.</summary>
    void End();
}
