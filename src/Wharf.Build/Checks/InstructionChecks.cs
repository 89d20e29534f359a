using Wharf.Build.Instructions;
using Wharf.Build.Sources;
using Wharf.Build.Stages;
using Wharf.Primitives;

namespace Wharf.Build.Checks;

/// <summary>Rules on single instructions and their number.</summary>
internal static class InstructionChecks
{
    /// <param name="stage">Which.</param>
    /// <param name="ownShell">The base image or stage sets a shell.</param>
    /// <param name="surroundings">The world around the file.</param>
    /// <param name="sink">Gets the warnings.</param>
    public static void Run(Stage stage, bool ownShell, CheckSurroundings surroundings, CheckSink sink)
    {
        var last = new Dictionary<string, Instruction>();
        foreach (var instruction in stage.Instructions)
        {
            switch (instruction)
            {
                case ShellInstruction:
                    ownShell = true;
                    break;
                case CmdInstruction cmd:
                    CheckCommand(cmd, cmd.Command, ownShell, sink);
                    CheckOnce(cmd, last, sink);
                    break;
                case EntrypointInstruction entrypoint:
                    CheckCommand(entrypoint, entrypoint.Command, ownShell, sink);
                    CheckOnce(entrypoint, last, sink);
                    break;
                case HealthCheckInstruction check:
                    CheckOnce(check, last, sink);
                    break;
                case MaintainerInstruction:
                    sink.Add(BuildChecks.MaintainerDeprecated, instruction.Lines, "Maintainer instruction is deprecated in favor of using label", instruction.Raw?.WrittenKeyword);
                    break;
                case EnvInstruction { IsLegacyForm: true } or LabelInstruction { IsLegacyForm: true }:
                    sink.Add(BuildChecks.LegacyKeyValueFormat, instruction.Lines,
                        $"\"{instruction.Keyword} key=value\" should be used instead of legacy \"{instruction.Keyword} key value\" format", instruction.Raw?.Arguments);
                    break;
                case ExposeInstruction expose:
                    CheckPorts(expose, sink);
                    break;
                case CopyInstruction { From: null } copy:
                    CheckSources(copy, surroundings.Ignore, sink);
                    break;
            }
        }
    }

    private static void CheckCommand(Instruction instruction, CommandLine command, bool ownShell, CheckSink sink)
    {
        if (command.IsShell && !ownShell)
        {
            sink.Add(BuildChecks.JsonArgsRecommended, instruction.Lines,
                $"JSON arguments recommended for {instruction.Keyword} to prevent unintended behavior related to OS signals", instruction.Raw?.Arguments);
        }
    }

    private static void CheckOnce(Instruction instruction, Dictionary<string, Instruction> last, CheckSink sink)
    {
        if (last.TryGetValue(instruction.Keyword, out var earlier))
        {
            sink.Add(BuildChecks.MultipleInstructionsDisallowed, earlier.Lines,
                $"Multiple {instruction.Keyword} instructions should not be used in the same stage because only the last one will be used");
        }

        last[instruction.Keyword] = instruction;
    }

    private static void CheckPorts(ExposeInstruction expose, CheckSink sink)
    {
        foreach (string port in expose.Ports)
        {
            string[] parts = port.Split('/');
            if (parts.Length > 1 && !Casing.IsLower(parts[1]) && !parts[1].Contains('$', StringComparison.Ordinal))
            {
                sink.Add(BuildChecks.ExposeProtoCasing, expose.Lines, $"Defined protocol '{port}' in EXPOSE instruction should be lowercase", port);
            }

            // A colon within ${name:-1} is none of a mapping.
            if (parts[0].Contains(':', StringComparison.Ordinal) && !parts[0].Contains('$', StringComparison.Ordinal))
            {
                sink.Add(BuildChecks.ExposeInvalidFormat, expose.Lines, $"EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'", port);
            }
        }
    }

    private static void CheckSources(CopyInstruction copy, IgnorePatterns? ignore, CheckSink sink)
    {
        foreach (string source in copy.Sources.Where(s => !s.Contains('$', StringComparison.Ordinal) && !HttpSource.IsUrl(s) && !GitSource.IsGit(s)))
        {
            // A rule may take back something below, or something that a pattern means: then nothing can be said without the files.
            string clean = PathPattern.Clean(source.TrimStart('/'));
            if (clean != "." && ignore?.IsIgnored(clean) == true && (!ignore.HasExceptions || (!PathPattern.HasWildcards(clean) && ignore.CanSkipBelow(clean))))
            {
                sink.Add(BuildChecks.CopyIgnoredFile, copy.Lines,
                    $"Attempting to {(copy.IsAdd ? "Add" : "Copy")} file \"{PathPattern.Clean(source)}\" that is excluded by .dockerignore", source);
            }
        }
    }
}
