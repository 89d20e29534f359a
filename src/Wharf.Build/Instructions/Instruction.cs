using Wharf.Build.Dockerfile;

namespace Wharf.Build.Instructions;

/// <summary>A typed instruction; variables in its words are not expanded yet.</summary>
public abstract record Instruction
{
    public required SourceRange Lines { get; init; }

    /// <summary>The instruction on one line, as history and progress show it.</summary>
    public required string Original { get; init; }

    /// <summary>What was parsed: the words as they stand in the file.</summary>
    public Dockerfile.RawInstruction? Raw { get; init; }

    /// <summary>In upper case, for messages.</summary>
    public abstract string Keyword { get; }
}

/// <summary>A command in shell form (one string) or exec form (its words).</summary>
/// <param name="Words">Exec form: program and arguments. Shell form: the one string.</param>
/// <param name="IsShell">To be handed to the stage's shell.</param>
public sealed record CommandLine(IReadOnlyList<string> Words, bool IsShell)
{
    public static readonly CommandLine Empty = new([], IsShell: false);
}

public sealed record FromInstruction(string BaseName, string? StageName, string? Platform) : Instruction
{
    /// <summary>The stage's name and the word before it as they are written, for checks of casing.</summary>
    public string? WrittenStageName { get; init; }

    public string? WrittenAs { get; init; }

    public override string Keyword => "FROM";
}

public sealed record RunInstruction(CommandLine Command) : Instruction
{
    public IReadOnlyList<Heredoc> Heredocs { get; init; } = [];

    public IReadOnlyList<string> Mounts { get; init; } = [];

    /// <summary>default, none or host.</summary>
    public string Network { get; init; } = "default";

    /// <summary>CDI devices, <c>name[,required]</c>.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>sandbox or insecure.</summary>
    public string Security { get; init; } = "sandbox";

    public override string Keyword => "RUN";
}

/// <summary>COPY and ADD.</summary>
public sealed record CopyInstruction(bool IsAdd, IReadOnlyList<string> Sources, string Destination) : Instruction
{
    /// <summary>Here-documents among the sources; each makes a file of its name.</summary>
    public IReadOnlyList<Heredoc> Heredocs { get; init; } = [];

    /// <summary>Stage name or number, image, or named context; null for the build context.</summary>
    public string? From { get; init; }

    public string? Chown { get; init; }

    public string? Chmod { get; init; }

    public string? Checksum { get; init; }

    public IReadOnlyList<string> Excludes { get; init; } = [];

    public bool Link { get; init; }

    public bool Parents { get; init; }

    public bool KeepGitDirectory { get; init; }

    /// <summary>ADD: null for the default (local archives are unpacked, downloads are not).</summary>
    public bool? Unpack { get; init; }

    public override string Keyword => IsAdd ? "ADD" : "COPY";
}

/// <summary>ENV and LABEL: pairs in order.</summary>
public sealed record EnvInstruction(IReadOnlyList<KeyValuePair<string, string>> Pairs, bool IsLegacyForm) : Instruction
{
    public override string Keyword => "ENV";
}

public sealed record LabelInstruction(IReadOnlyList<KeyValuePair<string, string>> Pairs, bool IsLegacyForm) : Instruction
{
    public override string Keyword => "LABEL";
}

/// <summary>A declared argument; a null default takes the value given to the build, if any.</summary>
public sealed record BuildArgument(string Name, string? Default);

public sealed record ArgInstruction(IReadOnlyList<BuildArgument> Arguments) : Instruction
{
    public override string Keyword => "ARG";
}

public sealed record CmdInstruction(CommandLine Command) : Instruction
{
    public override string Keyword => "CMD";
}

public sealed record EntrypointInstruction(CommandLine Command) : Instruction
{
    public override string Keyword => "ENTRYPOINT";
}

public sealed record ExposeInstruction(IReadOnlyList<string> Ports) : Instruction
{
    public override string Keyword => "EXPOSE";
}

public sealed record VolumeInstruction(IReadOnlyList<string> Paths) : Instruction
{
    public override string Keyword => "VOLUME";
}

public sealed record UserInstruction(string User) : Instruction
{
    public override string Keyword => "USER";
}

public sealed record WorkdirInstruction(string Path) : Instruction
{
    public override string Keyword => "WORKDIR";
}

public sealed record OnBuildInstruction(string Trigger) : Instruction
{
    public override string Keyword => "ONBUILD";
}

public sealed record StopSignalInstruction(string Signal) : Instruction
{
    public override string Keyword => "STOPSIGNAL";
}

/// <summary>HEALTHCHECK. A null command is NONE. Times null for the default.</summary>
public sealed record HealthCheckInstruction(CommandLine? Command) : Instruction
{
    public TimeSpan? Interval { get; init; }

    public TimeSpan? Timeout { get; init; }

    public TimeSpan? StartPeriod { get; init; }

    public TimeSpan? StartInterval { get; init; }

    public int? Retries { get; init; }

    public override string Keyword => "HEALTHCHECK";
}

public sealed record ShellInstruction(IReadOnlyList<string> Words) : Instruction
{
    public override string Keyword => "SHELL";
}

public sealed record MaintainerInstruction(string Name) : Instruction
{
    public override string Keyword => "MAINTAINER";
}
