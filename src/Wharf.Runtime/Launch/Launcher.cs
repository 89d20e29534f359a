namespace Wharf.Runtime.Launch;

/// <summary>Runs a plan: clones into the namespaces, waits until the child has replaced itself by the program or says which step failed.</summary>
public static class Launcher
{
    public static LaunchResult Launch(LaunchPlan plan) => throw new NotSupportedException(plan.Describe());
}
