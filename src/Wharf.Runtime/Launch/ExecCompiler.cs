namespace Wharf.Runtime.Launch;

/// <summary>Compiles one more process for a running container into a <see cref="LaunchPlan"/>.</summary>
public static class ExecCompiler
{
    /// <exception cref="Wharf.Primitives.WharfException">InvalidArgument, naming the member of the process that cannot be had.</exception>
    public static LaunchPlan Compile(ExecRequest request) => throw new NotSupportedException(request.Process.Cwd);
}
