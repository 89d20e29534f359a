using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Builds;

/// <summary><c>builder …</c></summary>
internal static class BuilderCommands
{
    public static Command Group => new("builder", "Manage builds")
    {
        Group = CommandGroup.Management,
        Children = () => [BuildCommand.Definition, BuilderDuCommand.Definition, BuilderMountCommands.Export, BuilderMountCommands.Import, BuilderPruneCommand.Definition],
    };
}
