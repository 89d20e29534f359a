namespace Wharf.Oci.Runtime;

/// <summary>What <c>state</c> prints and hooks read (runtime.md, "State").</summary>
public sealed record ContainerState
{
    public string OciVersion { get; init; } = RuntimeSpec.Version;

    public required string Id { get; init; }

    /// <summary>creating, created, running, stopped; paused as an extension that runc has too.</summary>
    public required string Status { get; init; }

    public int Pid { get; init; }

    /// <summary>Absolute path of the bundle.</summary>
    public required string Bundle { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
