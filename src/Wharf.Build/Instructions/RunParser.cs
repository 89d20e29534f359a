using Wharf.Build.Mounts;
using Wharf.Primitives;
using Wharf.Build.Dockerfile;

namespace Wharf.Build.Instructions;

/// <summary>RUN with its here-documents.</summary>
internal static class RunParser
{
    public static RunInstruction Parse(RawInstruction raw, FlagSet flags)
    {
        string network = flags.Text("network") ?? "default";
        if (network is not ("default" or "none" or "host"))
        {
            throw DockerfileError.At(raw.Lines, $"invalid network mode \"{network}\": use default, none or host", "--network");
        }

        string security = flags.Text("security") ?? "sandbox";
        if (security is not ("sandbox" or "insecure"))
        {
            throw DockerfileError.At(raw.Lines, $"security \"{security}\" is not valid: use sandbox or insecure", "--security");
        }

        var mounts = flags.All("mount");
        foreach (string mount in mounts)
        {
            // What has no variable can be judged here already; the rest once they have values.
            try
            {
                RunMount.Check(mount);
            }
            catch (WharfException e)
            {
                throw DockerfileError.At(raw.Lines, e.Message, mount);
            }
        }

        var command = Command(raw);
        // "RUN []" is a command, as old as the exec form: it does nothing.
        return command.Words.Count == 0 && raw.Arguments.Length == 0
            ? throw DockerfileError.At(raw.Lines, "RUN requires at least one argument")
            : new RunInstruction(command)
            {
                Lines = raw.Lines,
                Original = raw.Original,
                Heredocs = raw.Heredocs,
                Mounts = mounts,
                Devices = flags.All("device"),
                Network = network,
                Security = security,
            };
    }

    /// <summary>
    /// With here-documents the shell gets the declaring line and the documents below it. A document that is the whole command is the
    /// script itself: run by its own interpreter when it starts with #!.
    /// </summary>
    private static CommandLine Command(RawInstruction raw)
    {
        if (raw.Heredocs.Count == 0)
        {
            return ArgumentWords.Command(raw, raw.Arguments);
        }

        if (raw.Heredocs.Count == 1 && HeredocScanner.Parse(raw.Arguments) is not null)
        {
            return new CommandLine([raw.Heredocs[0].Content], IsShell: true);
        }

        var script = new System.Text.StringBuilder(raw.Arguments).Append('\n');
        foreach (var heredoc in raw.Heredocs)
        {
            script.Append(heredoc.Content).Append(heredoc.Name).Append('\n');
        }

        return new CommandLine([script.ToString()], IsShell: true);
    }
}
