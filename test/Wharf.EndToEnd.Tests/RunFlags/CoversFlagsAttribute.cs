namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>Names the flags of <c>run</c> whose effect a test observes in the container or in the kernel.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CoversFlagsAttribute(params string[] flags) : Attribute
{
    public IReadOnlyList<string> Flags { get; } = flags;
}
