using Wharf.Cli.Builds;
using Wharf.Cli.Completions;
using Wharf.Cli.Containers;
using Wharf.Cli.Contexts;
using Wharf.Cli.Engine;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Images;
using Wharf.Cli.Manifests;
using Wharf.Cli.Networks;
using Wharf.Cli.Registry;
using Wharf.Cli.Trust;
using Wharf.Cli.Volumes;

namespace Wharf.Cli;

/// <summary>The tree of commands.</summary>
internal static class RootCommand
{
    public static Command For(string program, string configDirectory) => new(program, "A self-sufficient runtime for containers")
    {
        Usage = "[OPTIONS] COMMAND",
        Flags = GlobalOptions.Declare(configDirectory),
        Children = () => [.. Names.Select(name => Make(name)!)],
        Child = Make,
        Footer = "\nFor more help on how to use Docker, head to https://docs.docker.com/go/guides/\n",
    };

    /// <summary>In the order in which help lists them.</summary>
    private static readonly string[] Names =
    [
        "run", "exec", "ps", "build", "pull", "push", "images", "login", "logout", "search", "version", "info", "builder", "buildx", "container",
        "context", "image", "manifest", "trust", "network", "registry", "system", "volume", "attach", "commit", "cp", "create", "diff", "events",
        "export", "history", "import", "inspect", "kill", "load", "logs", "pause", "port", "rename", "restart", "rm", "rmi", "save", "start",
        "stats", "stop", "tag", "top", "unpause", "update", "wait", "completion", "__complete",
    ];

    // A start makes the one command that it runs: making all of them takes longer than most requests.
    private static Command? Make(string name) => name switch
    {
        "run" => RunCommand.Definition.As(name, CommandGroup.Common),
        "exec" => ExecCommand.Definition.As(name, CommandGroup.Common),
        "ps" => Containers.ListCommand.Definition.As(name, CommandGroup.Common),
        "build" => BuildCommand.Definition.As(name, CommandGroup.Common),
        "pull" => PullCommand.Definition.As(name, CommandGroup.Common),
        "push" => Images.PushCommand.Definition.As(name, CommandGroup.Common),
        "images" => Images.ListCommand.Definition.As(name, CommandGroup.Common),
        "login" => LoginCommand.Definition.As(name, CommandGroup.Common),
        "logout" => LogoutCommand.Definition.As(name, CommandGroup.Common),
        "search" => SearchCommand.Definition.As(name, CommandGroup.Common),
        "version" => VersionCommand.Definition.As(name, CommandGroup.Common),
        "info" => InfoCommand.Definition.As(name, CommandGroup.Common),
        "builder" => BuilderCommands.Group,
        "buildx" => BuilderCommands.Buildx,
        "container" => ContainerCommands.Group,
        "context" => ContextCommands.Group,
        "image" => ImageCommands.Group,
        "manifest" => ManifestCommands.Group,
        "trust" => TrustCommands.Group,
        "network" => NetworkCommands.Group,
        "registry" => RegistryCommands.Group,
        "system" => SystemCommands.Group,
        "volume" => VolumeCommands.Group,
        "attach" => AttachCommand.Definition.As(name),
        "commit" => CommitCommand.Definition.As(name),
        "cp" => CopyCommand.Definition.As(name),
        "create" => Containers.CreateCommand.Definition.As(name),
        "diff" => DiffCommand.Definition.As(name),
        "events" => EventsCommand.Definition.As(name),
        "export" => Containers.ExportCommand.Definition.As(name),
        "history" => HistoryCommand.Definition.As(name),
        "import" => Images.ImportCommand.Definition.As(name),
        "inspect" => Engine.InspectCommand.Definition,
        "kill" => KillCommand.Definition.As(name),
        "load" => LoadCommand.Definition.As(name),
        "logs" => LogsCommand.Definition.As(name),
        "pause" => PauseCommand.Definition.As(name),
        "port" => PortCommand.Definition.As(name),
        "rename" => RenameCommand.Definition.As(name),
        "restart" => RestartCommand.Definition.As(name),
        "rm" => Containers.RemoveCommand.Definition.As(name),
        "rmi" => Images.RemoveCommand.Definition.As(name),
        "save" => SaveCommand.Definition.As(name),
        "start" => StartCommand.Definition.As(name),
        "stats" => StatsCommand.Definition.As(name),
        "stop" => StopCommand.Definition.As(name),
        "tag" => TagCommand.Definition.As(name),
        "top" => TopCommand.Definition.As(name),
        "unpause" => UnpauseCommand.Definition.As(name),
        "update" => Containers.UpdateCommand.Definition.As(name),
        "wait" => WaitCommand.Definition.As(name),
        "completion" => CompletionCommand.Definition,
        "__complete" => CompleteCommand.Definition,
        _ => null,
    };
}
