using Wharf.Api.Containers;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers.Creation;

/// <summary><c>--device HOST[:CONTAINER][:PERMISSIONS]</c>, or the qualified name of a CDI device (<c>vendor/class=name</c>).</summary>
internal static class DeviceSpec
{
    public static void Validate(string text)
    {
        if (IsCdi(text))
        {
            return;
        }

        string[] parts = text.Split(':');
        if (text.Length == 0 || parts.Length > 3 || parts.Any(p => p.Length == 0))
        {
            throw new CommandException($"bad format for path: {text}");
        }

        string container = parts.Length > 1 && !IsMode(parts[1]) ? parts[1] : parts[0];
        if (!container.StartsWith('/'))
        {
            throw new CommandException($"{container} is not an absolute path");
        }

        if (parts.Length == 3 && !IsMode(parts[2]))
        {
            throw new CommandException($"bad mode specified: {parts[2]}");
        }
    }

    public static bool IsCdi(string text)
    {
        int equals = text.IndexOf('=');
        int slash = text.IndexOf('/');
        return equals > 0 && slash > 0 && slash < equals && !text.StartsWith('/');
    }

    public static DeviceMapping Parse(string text)
    {
        string[] parts = text.Split(':');
        bool secondIsMode = parts.Length == 2 && IsMode(parts[1]);
        return new DeviceMapping
        {
            PathOnHost = parts[0],
            PathInContainer = parts.Length > 1 && !secondIsMode ? parts[1] : parts[0],
            CgroupPermissions = parts.Length == 3 ? parts[2] : secondIsMode ? parts[1] : "rwm",
        };
    }

    public static string CheckCgroupRule(string text)
    {
        string[] parts = text.Split(' ');
        bool valid = parts.Length == 3 && parts[0] is "a" or "b" or "c" && parts[2].Length is > 0 and <= 3 && parts[2].All(c => c is 'r' or 'w' or 'm')
            && parts[1].Split(':') is [var major, var minor] && IsNumber(major) && IsNumber(minor);
        return valid ? text : throw new FormatException($"invalid device cgroup format '{text}'");
    }

    private static bool IsNumber(string text) => text == "*" || (text.Length > 0 && text.All(char.IsAsciiDigit));

    private static bool IsMode(string text) =>
        text.Length is > 0 and <= 3 && text.All(c => c is 'r' or 'w' or 'm') && text.Distinct().Count() == text.Length;
}
