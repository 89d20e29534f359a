using System.Text;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers.Creation;

/// <summary>Files of <c>KEY=VALUE</c> lines: <c>--env-file</c> and <c>--label-file</c>.</summary>
internal static class EnvFiles
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Variables of the files, then those of the command line; a bare name takes the client's own value, or is left out.</summary>
    public static List<string> Environment(IEnumerable<string> files, IEnumerable<string> given, Func<string, string?> environment)
    {
        var result = new List<string>();
        foreach (string file in files)
        {
            result.AddRange(Read(file, environment));
        }

        foreach (string value in given)
        {
            if (value.Contains('='))
            {
                result.Add(value);
            }
            else
            {
                // a bare name that is not set here stays bare: the engine removes the image's variable of that name
                result.Add(environment(value) is { } own ? $"{value}={own}" : value);
            }
        }

        return result;
    }

    /// <summary>Labels of the files, then those of the command line.</summary>
    public static List<string> Labels(IEnumerable<string> files, IEnumerable<string> given) =>
        [.. files.SelectMany(f => Read(f, null)), .. given];

    private static List<string> Read(string file, Func<string, string?>? environment)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"open {file}: no such file or directory");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException(Directory.Exists(file) ? $"read {file}: is a directory" : $"open {file}: permission denied");
        }

        var result = new List<string>();
        ReadOnlySpan<byte> rest = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsSpan(3) : bytes;
        int number = 0;
        foreach (Range range in rest.Split((byte)'\n'))
        {
            number++;
            string line;
            try
            {
                line = Strict.GetString(rest[range]).TrimEnd('\r').TrimStart();
            }
            catch (DecoderFallbackException)
            {
                throw new CommandException($"invalid env file ({file}): env file {file} contains invalid utf8 bytes at line {number}");
            }

            if (line.Length > 0 && line[0] != '#')
            {
                Add(result, line, file, environment);
            }
        }

        return result;
    }

    private static void Add(List<string> result, string line, string file, Func<string, string?>? environment)
    {
        int equals = line.IndexOf('=');
        string name = (equals < 0 ? line : line[..equals]).TrimStart();
        if (name.Length == 0)
        {
            throw new CommandException($"invalid env file ({file}): no variable name on line '{line}'");
        }

        if (name.Any(char.IsWhiteSpace))
        {
            throw new CommandException($"invalid env file ({file}): variable '{name}' contains whitespaces");
        }

        if (equals >= 0)
        {
            result.Add(name + "=" + line[(equals + 1)..]);
        }
        else if (environment is null)
        {
            result.Add(name);
        }
        else if (environment(name) is { } own)
        {
            result.Add($"{name}={own}");
        }
    }
}
