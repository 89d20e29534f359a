using System.Text.Json;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers.Creation;

/// <summary><c>--security-opt</c>: a seccomp profile is a file here and its content on the wire.</summary>
internal static class SecurityOptions
{
    public sealed record Parsed(List<string> Options, List<string>? MaskedPaths, List<string>? ReadonlyPaths);

    public static Parsed Parse(IEnumerable<string> given)
    {
        var options = new List<string>();
        List<string>? masked = null;
        List<string>? readOnly = null;
        foreach (string option in given)
        {
            if (option == "systempaths=unconfined")
            {
                masked = [];
                readOnly = [];
                continue;
            }

            options.Add(ParseOne(option));
        }

        return new Parsed(options, masked, readOnly);
    }

    private static string ParseOne(string option)
    {
        int separator = option.IndexOf('=');
        separator = separator < 0 ? option.IndexOf(':') : separator;
        if (separator < 0)
        {
            return option is "no-new-privileges" or "disable" ? option : throw new CommandException($"Invalid --security-opt: \"{option}\"");
        }

        string key = option[..separator];
        string value = option[(separator + 1)..];
        if (key != "seccomp" || value is "unconfined" or "builtin")
        {
            return option;
        }

        try
        {
            using JsonDocument profile = JsonDocument.Parse(File.ReadAllBytes(value));
            using var memory = new MemoryStream();
            using (var writer = new Utf8JsonWriter(memory))
            {
                profile.WriteTo(writer);
            }

            return "seccomp=" + System.Text.Encoding.UTF8.GetString(memory.ToArray());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"opening seccomp profile ({value}) failed: open {value}: no such file or directory");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"opening seccomp profile ({value}) failed: {e.Message}");
        }
        catch (JsonException e)
        {
            throw new CommandException($"compacting json for seccomp profile ({value}) failed: {e.Message}");
        }
    }
}
