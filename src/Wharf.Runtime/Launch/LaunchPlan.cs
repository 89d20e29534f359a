namespace Wharf.Runtime.Launch;

/// <summary>
/// A start, compiled: a flat block of native memory with one operation for nearly every system call the child will make, and the
/// descriptors those need. Made by <see cref="SpecCompiler"/> or <see cref="ExecCompiler"/>, run once by <see cref="Launcher"/>.
/// </summary>
public sealed class LaunchPlan : IDisposable
{
    /// <summary>What was asked for and cannot be had on this machine.</summary>
    public IReadOnlyList<string> Warnings => throw new NotSupportedException();

    /// <summary>The plan as text, one operation a line.</summary>
    public string Describe() => throw new NotSupportedException();

    public void Dispose() => throw new NotSupportedException();
}
