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

    /// <summary><c>buildx …</c>, as scripts call it: the same builder, and a look into registries.</summary>
    public static Command Buildx => new("buildx", "Builds as with Docker Buildx, by this engine")
    {
        Group = CommandGroup.Management,
        Children = () => [BuildCommand.Definition, BuilderDuCommand.Definition, BuilderPruneCommand.Definition, ImageToolsCommand.Group],
    };
}
