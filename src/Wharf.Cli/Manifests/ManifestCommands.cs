using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Manifests;

/// <summary><c>manifest …</c></summary>
internal static class ManifestCommands
{
    private const string Experimental = """


        EXPERIMENTAL:
          {0} is an experimental feature.
          Experimental features provide early access to product functionality. These
          features may change between releases without warning, or can be removed from a
          future release. Learn more about experimental features in our documentation:
          https://docs.docker.com/go/experimental/
        """;

    public static Command Group => new("manifest", "Manage Docker image manifests and manifest lists")
    {
        Group = CommandGroup.Management,
        Usage = "COMMAND",
        Description = """
            The **docker manifest** command has subcommands for managing image manifests and
            manifest lists. A manifest list allows you to use one name to refer to the same image
            built for multiple architectures.

            To see help for a subcommand, use:

                docker manifest CMD --help

            For full details on using docker manifest lists, see the registry v2 specification.
            """ + Notice("docker manifest"),
        Children = () => [AnnotateCommand.Definition, CreateCommand.Definition, InspectCommand.Definition, PushCommand.Definition, RemoveCommand.Definition],
    };

    /// <summary>What Docker's help says below the description of each of them.</summary>
    public static string Notice(string path) => Experimental.Replace("{0}", path, StringComparison.Ordinal);
}
