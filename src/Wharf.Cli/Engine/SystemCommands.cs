using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Engine;

/// <summary><c>system …</c></summary>
internal static class SystemCommands
{
    public static Command Group => new("system", "Manage Docker")
    {
        Group = CommandGroup.Management,
        Children = () =>
        [
            CheckCommand.Definition,
            DiskUsageCommand.Definition,
            EventsCommand.Definition,
            InfoCommand.Definition,
            PruneCommand.Definition,
            DialStdioCommand.Definition,
        ],
    };
}
