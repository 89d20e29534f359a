using System.Globalization;
using Wharf.Build.Dockerfile;
using Wharf.Primitives;

namespace Wharf.Build.Instructions;

/// <summary>HEALTHCHECK [options] CMD ... and HEALTHCHECK NONE.</summary>
internal static class HealthCheckParser
{
    public static HealthCheckInstruction Parse(RawInstruction raw, FlagSet flags)
    {
        var words = ArgumentWords.ByBlanks(raw.Arguments);
        if (words.Count == 0)
        {
            throw DockerfileError.At(raw.Lines, "HEALTHCHECK requires at least one argument");
        }

        string kind = words[0].ToUpperInvariant();
        string rest = raw.Arguments[words[0].Length..].Trim();
        CommandLine? command;
        switch (kind)
        {
            case "NONE":
                command = rest.Length == 0 ? null : throw DockerfileError.At(raw.Lines, "HEALTHCHECK NONE takes no arguments");
                break;
            case "CMD":
                command = ArgumentWords.Command(raw, rest);
                if (command.Words.Count == 0)
                {
                    throw DockerfileError.At(raw.Lines, "Missing command after HEALTHCHECK CMD");
                }

                break;
            default:
                throw DockerfileError.At(raw.Lines, $"Unknown type \"{kind}\" in HEALTHCHECK (try CMD)", words[0]);
        }

        string? retries = flags.Text("retries");
        int? count = null;
        if (retries is not null)
        {
            if (!int.TryParse(retries, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int parsed))
            {
                throw DockerfileError.At(raw.Lines, $"--retries: \"{retries}\" is not a whole number", "--retries");
            }

            count = parsed >= 0 ? parsed : throw DockerfileError.At(raw.Lines, $"--retries cannot be negative ({parsed})", "--retries");
        }

        return new HealthCheckInstruction(command)
        {
            Lines = raw.Lines,
            Original = raw.Original,
            Interval = Duration(raw, flags, "interval"),
            Timeout = Duration(raw, flags, "timeout"),
            StartPeriod = Duration(raw, flags, "start-period"),
            StartInterval = Duration(raw, flags, "start-interval"),
            Retries = count,
        };
    }

    private static TimeSpan? Duration(RawInstruction raw, FlagSet flags, string name)
    {
        string? text = flags.Text(name);
        if (text is null)
        {
            return null;
        }

        if (!GoDuration.TryParse(text, out var value))
        {
            throw DockerfileError.At(raw.Lines, $"time: invalid duration \"{text}\" in --{name}", "--" + name);
        }

        return value < TimeSpan.FromMilliseconds(1) && value != TimeSpan.Zero
            ? throw DockerfileError.At(raw.Lines, $"interval \"{name}\" cannot be less than 1ms", "--" + name)
            : value;
    }
}
