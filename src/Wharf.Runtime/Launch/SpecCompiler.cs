namespace Wharf.Runtime.Launch;

/// <summary>Compiles a container's specification into a <see cref="LaunchPlan"/>.</summary>
public static class SpecCompiler
{
    /// <exception cref="Wharf.Primitives.WharfException">InvalidArgument, naming the member of the specification that cannot be had.</exception>
    public static LaunchPlan Compile(LaunchRequest request) => throw new NotSupportedException(request.ContainerId);
}
