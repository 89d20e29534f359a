using System.Text.Json;
using System.Text.Json.Serialization;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Seccomp;

/// <summary>
/// A profile in Docker's format: the specification's, plus conditions (capabilities, architecture, kernel) under which an entry counts and a
/// map of architectures. <see cref="Resolve"/> decides the conditions for one container.
/// </summary>
public sealed record SeccompProfile
{
    private static readonly Lazy<SeccompProfile> Shipped = new(LoadShipped);

    public string? DefaultAction { get; init; }

    public uint? DefaultErrnoRet { get; init; }

    public IReadOnlyList<SeccompArchitectureEntry>? ArchMap { get; init; }

    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary>The unix socket of the agent that decides over calls with SCMP_ACT_NOTIFY.</summary>
    public string? ListenerPath { get; init; }

    /// <summary>What that agent is told beside the container's state.</summary>
    public string? ListenerMetadata { get; init; }

    public IReadOnlyList<SeccompProfileEntry>? Syscalls { get; init; }

    /// <summary>Docker's default profile.</summary>
    public static SeccompProfile Default => Shipped.Value;

    /// <exception cref="WharfException">InvalidArgument: not a profile.</exception>
    public static SeccompProfile Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            SeccompProfile? profile = JsonSerializer.Deserialize(json, SeccompProfileJson.Default.SeccompProfile);
            return profile?.DefaultAction is null ? throw WharfException.Invalid("seccomp profile has no defaultAction")
                : profile.ArchMap is { Count: > 0 } && profile.Architectures is { Count: > 0 }
                    ? throw WharfException.Invalid("use either 'architectures' or 'archMap' in the seccomp profile, not both")
                    : profile;
        }
        catch (JsonException e)
        {
            throw WharfException.Invalid($"decoding seccomp profile failed: {e.Message}", e);
        }
    }

    /// <summary>The profile for a container that has these capabilities, on this machine.</summary>
    /// <param name="capabilities">Names like CAP_SYS_ADMIN: the container's bounding set.</param>
    public LinuxSeccomp Resolve(IReadOnlyCollection<string> capabilities) => Resolve(capabilities, KernelVersion.Current);

    internal LinuxSeccomp Resolve(IReadOnlyCollection<string> capabilities, KernelVersion kernel)
    {
        const string Native = "SCMP_ARCH_X86_64", NativeName = "amd64";
        IReadOnlyList<string>? architectures = Architectures;
        if (ArchMap?.FirstOrDefault(entry => entry.Architecture == Native) is { } entry)
        {
            architectures = [Native, .. entry.SubArchitectures ?? []];
        }

        var syscalls = new List<LinuxSyscall>();
        foreach (SeccompProfileEntry rule in Syscalls ?? [])
        {
            if (rule.Applies(capabilities, NativeName, kernel))
            {
                syscalls.Add(new LinuxSyscall
                {
                    Names = rule.Names ?? (rule.Name is null ? throw WharfException.Invalid("a seccomp entry names no system call") : [rule.Name]),
                    Action = rule.Action ?? throw WharfException.Invalid("a seccomp entry has no action"),
                    ErrnoRet = rule.ErrnoRet,
                    Args = rule.Args is { Count: > 0 } ? rule.Args : null,
                });
            }
        }

        return new LinuxSeccomp
        {
            DefaultAction = DefaultAction!,
            DefaultErrnoRet = DefaultErrnoRet,
            Architectures = architectures,
            Flags = Flags,
            ListenerPath = ListenerPath,
            ListenerMetadata = ListenerMetadata,
            Syscalls = syscalls,
        };
    }

    private static SeccompProfile LoadShipped()
    {
        using Stream stream = typeof(SeccompProfile).Assembly.GetManifestResourceStream("seccomp-default.json")
            ?? throw WharfException.Internal("the default seccomp profile is missing from this build");
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return Parse(buffer.ToArray());
    }
}

/// <summary>An architecture and those it runs beside its own.</summary>
public sealed record SeccompArchitectureEntry
{
    public string? Architecture { get; init; }

    public IReadOnlyList<string>? SubArchitectures { get; init; }
}

/// <summary>One entry of a profile with its conditions.</summary>
public sealed record SeccompProfileEntry
{
    public string? Name { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public string? Action { get; init; }

    public uint? ErrnoRet { get; init; }

    public IReadOnlyList<LinuxSyscallArgument>? Args { get; init; }

    public SeccompCriteria? Includes { get; init; }

    public SeccompCriteria? Excludes { get; init; }

    internal bool Applies(IReadOnlyCollection<string> capabilities, string architecture, KernelVersion kernel)
    {
        bool included = (Includes?.Arches is not { Count: > 0 } arches || arches.Contains(architecture))
            && (Includes?.Caps is not { Count: > 0 } caps || caps.All(capabilities.Contains))
            && (Includes?.MinKernel is not { } least || kernel >= KernelVersion.Parse(least));
        bool excluded = (Excludes?.Arches?.Contains(architecture) ?? false)
            || (Excludes?.Caps?.Any(capabilities.Contains) ?? false)
            || (Excludes?.MinKernel is { } from && kernel >= KernelVersion.Parse(from));
        return included && !excluded;
    }
}

/// <summary>Conditions of an entry: all that are given must hold.</summary>
public sealed record SeccompCriteria
{
    public IReadOnlyList<string>? Arches { get; init; }

    public IReadOnlyList<string>? Caps { get; init; }

    public string? MinKernel { get; init; }
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SeccompProfile))]
internal sealed partial class SeccompProfileJson : JsonSerializerContext;
