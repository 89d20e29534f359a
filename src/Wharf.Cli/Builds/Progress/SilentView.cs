using Wharf.Api.Builds;

namespace Wharf.Cli.Builds.Progress;

/// <summary>Shows nothing: for <c>--quiet</c>, of which only a failure is told.</summary>
internal sealed class SilentView : IBuildView
{
    public void Show(BuildEvent happened, StepModel? step)
    {
    }

    public void End()
    {
    }

    public void Dispose()
    {
    }
}
