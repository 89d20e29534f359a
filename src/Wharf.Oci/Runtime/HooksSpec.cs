namespace Wharf.Oci.Runtime;

/// <summary>Programs of the host that run at points of a container's life (config.md, "POSIX-platform Hooks").</summary>
public sealed record HooksSpec
{
    public IReadOnlyList<HookSpec>? Prestart { get; init; }

    public IReadOnlyList<HookSpec>? CreateRuntime { get; init; }

    public IReadOnlyList<HookSpec>? CreateContainer { get; init; }

    public IReadOnlyList<HookSpec>? StartContainer { get; init; }

    public IReadOnlyList<HookSpec>? Poststart { get; init; }

    public IReadOnlyList<HookSpec>? Poststop { get; init; }
}

/// <summary>One hook; it gets the container's state as JSON on its standard input.</summary>
public sealed record HookSpec
{
    public required string Path { get; init; }

    public IReadOnlyList<string>? Args { get; init; }

    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>Seconds until the hook is killed; null for no limit.</summary>
    public int? Timeout { get; init; }
}
