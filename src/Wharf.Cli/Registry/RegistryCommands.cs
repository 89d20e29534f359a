using System.Diagnostics;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;
using Wharf.Cli.Framework.Plugins;
using Wharf.Cli.Framework.Progress;
using Wharf.Client.Http;

namespace Wharf.Cli.Registry;

/// <summary><c>registry …</c>: the registry server, which is a program of its own so that this one stays small.</summary>
internal static class RegistryCommands
{
    private const string Program = "wharf-registry";
    private const string Options = "\nThe options are those of the program that serves: see 'wharf-registry --help'\n";

    public static Command Group => new("registry", "Run a registry of images")
    {
        Group = CommandGroup.Management,
        Children = () => [Serve, Collect, Image],
    };

    private static Command Serve => new("serve", "Serve images and other OCI artifacts")
    {
        Usage = "[OPTIONS] [CONFIG]",
        TakesAll = true,
        Footer = Options,
        Arity = Arity.Any,
        Run = (call, _) => throw PluginProgram.Become(Find(), ["serve", .. call.Arguments]),
    };

    private static Command Collect => new("gc", "Free what nothing names in the store of a registry that is not running")
    {
        Usage = "[OPTIONS] [CONFIG]",
        TakesAll = true,
        Footer = Options,
        Arity = Arity.Any,
        Run = (call, _) => throw PluginProgram.Become(Find(), ["garbage-collect", .. call.Arguments]),
    };

    private static Command Image => new("image", "Make the image of the registry, to be run as a container")
    {
        Usage = "[REPOSITORY[:TAG]]",
        Arity = Arity.AtMost(1),
        Run = ImageAsync,
    };

    private static async Task<int> ImageAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        using Process files = Process.Start(new ProcessStartInfo(Find(), ["rootfs"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var query = new Query
        {
            { "fromSrc", "-" },
            { "repo", call.Arguments.Count > 0 ? call.Arguments[0] : "registry:2" },
            { "message", "made by wharf registry image" },
            {
                "changes",
                [
                    "ENTRYPOINT [\"/bin/wharf-registry\"]",
                    "CMD [\"serve\",\"/etc/docker/registry/config.yml\"]",
                    "ENV PATH=/bin",
                    "EXPOSE 5000/tcp",
                    "VOLUME /var/lib/registry",
                    "LABEL org.opencontainers.image.title=wharf-registry",
                ]
            },
        };
        using EngineReply reply = await cli.Client.ImportImageAsync(query, files.StandardOutput.BaseStream, ct);
        await ProgressDisplay.On(cli.Out, cli).ShowAsync(reply.Body, null, ct);
        await files.WaitForExitAsync(ct);
        return files.ExitCode == 0 ? 0 : throw new CommandException($"{Program} rootfs ended with {files.ExitCode}");
    }

    // Beside this program, where the packages put both; else wherever the shell would find it.
    private static string Find()
    {
        string own = Path.Combine(Path.GetDirectoryName(Environment.ProcessPath) ?? "/", Program);
        return File.Exists(own) ? own
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(f => f.Length > 0).Select(f => Path.Combine(f, Program)).FirstOrDefault(File.Exists)
            ?? throw new CommandException($"{Program} is not installed: it belongs beside {Environment.ProcessPath}");
    }
}
