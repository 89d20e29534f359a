using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers;

/// <summary><c>container …</c></summary>
internal static class ContainerCommands
{
    public static Command Group => new("container", "Manage containers")
    {
        Group = CommandGroup.Management,
        Children = () =>
        [
            AttachCommand.Definition,
            CommitCommand.Definition,
            CopyCommand.Definition,
            CreateCommand.Definition,
            DiffCommand.Definition,
            ExecCommand.Definition,
            ExportCommand.Definition,
            InspectCommand.Definition,
            KillCommand.Definition,
            LogsCommand.Definition,
            ListCommand.Definition,
            PauseCommand.Definition,
            PortCommand.Definition,
            PruneCommand.Definition,
            RenameCommand.Definition,
            RestartCommand.Definition,
            RemoveCommand.Definition,
            RunCommand.Definition,
            StartCommand.Definition,
            StatsCommand.Definition,
            StopCommand.Definition,
            TopCommand.Definition,
            UnpauseCommand.Definition,
            UpdateCommand.Definition,
            WaitCommand.Definition,
        ],
    };
}
