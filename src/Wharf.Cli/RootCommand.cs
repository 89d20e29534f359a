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
        Children = () => [.. Common, .. Management, .. Plain],
        Footer = "\nFor more help on how to use Docker, head to https://docs.docker.com/go/guides/\n",
    };

    /// <summary>In the order in which help lists them.</summary>
    private static IEnumerable<Command> Common =>
    [
        RunCommand.Definition.As("run", CommandGroup.Common),
        ExecCommand.Definition.As("exec", CommandGroup.Common),
        Containers.ListCommand.Definition.As("ps", CommandGroup.Common),
        BuildCommand.Definition.As("build", CommandGroup.Common),
        PullCommand.Definition.As("pull", CommandGroup.Common),
        Images.PushCommand.Definition.As("push", CommandGroup.Common),
        Images.ListCommand.Definition.As("images", CommandGroup.Common),
        LoginCommand.Definition.As("login", CommandGroup.Common),
        LogoutCommand.Definition.As("logout", CommandGroup.Common),
        SearchCommand.Definition.As("search", CommandGroup.Common),
        VersionCommand.Definition.As("version", CommandGroup.Common),
        InfoCommand.Definition.As("info", CommandGroup.Common),
    ];

    private static IEnumerable<Command> Management =>
    [
        BuilderCommands.Group,
        BuilderCommands.Buildx,
        ContainerCommands.Group,
        ContextCommands.Group,
        ImageCommands.Group,
        ManifestCommands.Group,
        TrustCommands.Group,
        NetworkCommands.Group,
        RegistryCommands.Group,
        SystemCommands.Group,
        VolumeCommands.Group,
    ];

    private static IEnumerable<Command> Plain =>
    [
        AttachCommand.Definition.As("attach"),
        CommitCommand.Definition.As("commit"),
        CopyCommand.Definition.As("cp"),
        Containers.CreateCommand.Definition.As("create"),
        DiffCommand.Definition.As("diff"),
        EventsCommand.Definition.As("events"),
        Containers.ExportCommand.Definition.As("export"),
        HistoryCommand.Definition.As("history"),
        Images.ImportCommand.Definition.As("import"),
        Engine.InspectCommand.Definition,
        KillCommand.Definition.As("kill"),
        LoadCommand.Definition.As("load"),
        LogsCommand.Definition.As("logs"),
        PauseCommand.Definition.As("pause"),
        PortCommand.Definition.As("port"),
        RenameCommand.Definition.As("rename"),
        RestartCommand.Definition.As("restart"),
        Containers.RemoveCommand.Definition.As("rm"),
        Images.RemoveCommand.Definition.As("rmi"),
        SaveCommand.Definition.As("save"),
        StartCommand.Definition.As("start"),
        StatsCommand.Definition.As("stats"),
        StopCommand.Definition.As("stop"),
        TagCommand.Definition.As("tag"),
        TopCommand.Definition.As("top"),
        UnpauseCommand.Definition.As("unpause"),
        Containers.UpdateCommand.Definition.As("update"),
        WaitCommand.Definition.As("wait"),
        CompletionCommand.Definition,
        CompleteCommand.Definition,
    ];
}
