using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Networks;

/// <summary><c>network …</c></summary>
internal static class NetworkCommands
{
    public static Command Group => new("network", "Manage networks")
    {
        Group = CommandGroup.Management,
        Children = () =>
        [
            ConnectCommand.Definition,
            CreateCommand.Definition,
            DisconnectCommand.Definition,
            InspectCommand.Definition,
            ListCommand.Definition,
            PruneCommand.Definition,
            RemoveCommand.Definition,
        ],
    };
}
