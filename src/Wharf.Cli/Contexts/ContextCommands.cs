using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Contexts;

/// <summary><c>context …</c></summary>
internal static class ContextCommands
{
    public static Command Group => new("context", "Manage contexts")
    {
        Group = CommandGroup.Management,
        Children = () =>
        [
            CreateCommand.Definition,
            ExportCommand.Definition,
            ImportCommand.Definition,
            InspectCommand.Definition,
            ListCommand.Definition,
            RemoveCommand.Definition,
            ShowCommand.Definition,
            UpdateCommand.Definition,
            UseCommand.Definition,
        ],
    };
}
