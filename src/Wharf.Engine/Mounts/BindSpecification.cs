using Wharf.Engine.Containers;
using Wharf.Engine.Volumes;
using Wharf.Primitives;

namespace Wharf.Engine.Mounts;

/// <summary>The text of <c>-v</c>: <c>[source:]destination[:mode]</c>.</summary>
internal static class BindSpecification
{
    public static ContainerMount Parse(string raw, string volumeDriver)
    {
        string[] parts = raw.Split(':');
        if (parts[0].Length == 0 || parts.Length > 3)
        {
            throw MountErrors.InvalidSpecification(raw);
        }

        (string source, string target, string words) = parts switch
        {
            [var only] => ("", only, ""),
            [var first, var second] when MountMode.TryParse(second) is null || second.Length == 0 => (first, second, ""),
            [_, _] => throw MountErrors.InvalidSpecification(raw),
            _ => (parts[0], parts[1], parts[2]),
        };
        MountMode mode = MountMode.TryParse(words) ?? throw MountErrors.InvalidMode(words);
        bool bind = source.StartsWith('/');
        try
        {
            if (target.Length == 0)
            {
                throw MountErrors.InvalidConfig(bind ? "bind" : "volume", "field Target must not be empty");
            }

            if (!bind && mode.Propagation.Length > 0)
            {
                throw MountErrors.InvalidConfig("volume", "field BindOptions must not be specified");
            }

            if (bind && mode.NoCopy)
            {
                throw MountErrors.InvalidConfig("bind", "field VolumeOptions must not be specified");
            }

            string destination = MountPath.Destination(target);
            return bind
                ? new ContainerMount
                {
                    Type = "bind",
                    Source = MountPath.Clean(source),
                    Destination = destination,
                    Mode = words,
                    ReadOnly = mode.ReadOnly,
                    Propagation = mode.Propagation,
                    CreateSource = true,
                }
                : new ContainerMount
                {
                    Type = "volume",
                    Name = source.Length == 0 ? "" : VolumeName.Check(source),
                    Destination = destination,
                    Driver = volumeDriver,
                    Mode = words,
                    ReadOnly = mode.ReadOnly,
                    NoCopy = mode.NoCopy,
                    Anonymous = source.Length == 0,
                };
        }
        catch (WharfException e) when (!e.Message.StartsWith("invalid volume specification", StringComparison.Ordinal) && !e.Message.Contains("local volume name", StringComparison.Ordinal))
        {
            throw WharfException.Invalid($"invalid volume specification: '{raw}': {e.Message}", e);
        }
    }
}
