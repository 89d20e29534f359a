using Wharf.Cli.Containers;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli;

/// <summary>The tree of commands.</summary>
internal static class RootCommand
{
    public static Command For(string program, string configDirectory) => new(program, "A self-sufficient runtime for containers")
    {
        Usage = "[OPTIONS] COMMAND",
        Flags = GlobalOptions.Declare(configDirectory),
        Children = () => [.. TopLevel, .. Management, .. Legacy],
        Footer = "\nFor more help on how to use Docker, head to https://docs.docker.com/go/guides/\n",
    };

    private static IEnumerable<Command> TopLevel =>
    [
        RunCommand.Definition.As("run", CommandGroup.Common),
        ExecCommand.Definition.As("exec", CommandGroup.Common),
        ListCommand.Definition.As("ps", CommandGroup.Common),
    ];

    private static IEnumerable<Command> Management =>
    [
        ContainerCommands.Group,
    ];

    private static IEnumerable<Command> Legacy =>
    [
        AttachCommand.Definition.As("attach"),
        CommitCommand.Definition.As("commit"),
        CreateCommand.Definition.As("create"),
        DiffCommand.Definition.As("diff"),
        ExportCommand.Definition.As("export"),
        KillCommand.Definition.As("kill"),
        LogsCommand.Definition.As("logs"),
        PauseCommand.Definition.As("pause"),
        PortCommand.Definition.As("port"),
        RenameCommand.Definition.As("rename"),
        RestartCommand.Definition.As("restart"),
        RemoveCommand.Definition.As("rm"),
        StartCommand.Definition.As("start"),
        StopCommand.Definition.As("stop"),
        TopCommand.Definition.As("top"),
        UnpauseCommand.Definition.As("unpause"),
        UpdateCommand.Definition.As("update"),
        WaitCommand.Definition.As("wait"),
    ];
}
