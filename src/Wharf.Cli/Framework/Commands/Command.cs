using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Framework.Commands;

/// <summary>Where the root help page lists a command.</summary>
internal enum CommandGroup
{
    Plain,
    Common,
    Management,
    Swarm,
}

/// <summary>One command, declared as data: what help prints, what the parser accepts, what runs.</summary>
internal sealed class Command(string name, string summary)
{
    public string Name => name;

    public string Summary => summary;

    /// <summary>What follows the command's path in the usage line; further lines are complete.</summary>
    public string Usage { get; init; } = "";

    /// <summary>The description on the command's own page, where it is longer than the summary.</summary>
    public string? Description { get; init; }

    /// <summary>Other names under which the parent finds it.</summary>
    public string[] OtherNames { get; init; } = [];

    /// <summary>The full paths that the help page lists, without the program name.</summary>
    public string[] Aliases { get; init; } = [];

    public CommandGroup Group { get; init; }

    public bool IsHidden { get; init; }

    /// <summary>A top-level name from before the management commands; hidden when DOCKER_HIDE_LEGACY_COMMANDS is set.</summary>
    public bool IsLegacy { get; init; }

    public Arity Arity { get; init; } = Arity.None;

    /// <summary>False where flags end at the first argument, because what follows is the container's command.</summary>
    public bool FlagsAnywhere { get; init; } = true;

    /// <summary>True where every word behind the command's name is for another program: nothing is parsed here but a lone --help.</summary>
    public bool TakesAll { get; init; }

    public Flag[] Flags { get; init; } = [];

    public Func<Command[]>? Children { get; init; }

    /// <summary>Makes one child by its name and leaves the others unmade; null where <see cref="Children"/> has to be searched.</summary>
    public Func<string, Command?>? Child { get; init; }

    public Func<Invocation, CancellationToken, Task<int>>? Run { get; init; }

    /// <summary>What the shell completes for a positional argument.</summary>
    public Completion Complete { get; init; }

    /// <summary>Printed at the end of the help page.</summary>
    public string Footer { get; init; } = "";

    public Command? Find(string word)
    {
        if (Child is not null)
        {
            return Child(word);
        }

        foreach (Command child in Children?.Invoke() ?? [])
        {
            if (child.Name == word || child.OtherNames.Contains(word))
            {
                return child;
            }
        }

        return null;
    }

    /// <summary>The same command under another name and place in the tree.</summary>
    public Command As(string newName, CommandGroup group = CommandGroup.Plain, bool legacy = true) => new(newName, summary)
    {
        Usage = Usage,
        Description = Description,
        Aliases = Aliases,
        Group = group,
        IsHidden = IsHidden,
        IsLegacy = legacy && group != CommandGroup.Common,
        Arity = Arity,
        FlagsAnywhere = FlagsAnywhere,
        TakesAll = TakesAll,
        Flags = Flags,
        Run = Run,
        Complete = Complete,
        Footer = Footer,
    };
}

/// <summary>Kinds of names that completion looks up in the engine.</summary>
internal enum Completion
{
    Nothing,
    AllContainers,
    RunningContainers,
    StoppedContainers,
    Images,
    Networks,
    Volumes,
    Contexts,
    Files,
    ContainersAndFiles,
    Objects,
}
