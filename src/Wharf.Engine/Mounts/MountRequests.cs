using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Volumes;
using Wharf.Primitives;

namespace Wharf.Engine.Mounts;

/// <summary>The structured mounts of <c>--mount</c>.</summary>
internal static class MountRequests
{
    public static ContainerMount Parse(MountRequest mount, string volumeDriver)
    {
        string type = mount.Type ?? "";
        if (string.IsNullOrEmpty(mount.Target))
        {
            throw MountErrors.InvalidConfig(type, "field Target must not be empty");
        }

        string destination;
        try
        {
            destination = MountPath.Destination(mount.Target);
        }
        catch (WharfException e)
        {
            throw MountErrors.InvalidConfig(type, e.Message);
        }

        return type switch
        {
            "bind" => Bind(mount, destination),
            "volume" => Volume(mount, destination, volumeDriver),
            "tmpfs" => Tmpfs(mount, destination),
            "image" => Image(mount, destination),
            _ => throw MountErrors.InvalidConfig(type, "mount type unknown"),
        };
    }

    private static ContainerMount Bind(MountRequest mount, string destination)
    {
        Absent("bind", mount.VolumeOptions, "VolumeOptions");
        Absent("bind", mount.TmpfsOptions, "TmpfsOptions");
        Absent("bind", mount.ImageOptions, "ImageOptions");
        if (string.IsNullOrEmpty(mount.Source))
        {
            throw MountErrors.InvalidConfig("bind", "field Source must not be empty");
        }

        if (mount.Source[0] != '/')
        {
            throw MountErrors.InvalidConfig("bind", $"invalid mount path: '{mount.Source}' mount path must be absolute");
        }

        MountRequestBindOptions options = mount.BindOptions ?? new MountRequestBindOptions();
        if (!string.IsNullOrEmpty(options.Propagation) && !MountMode.IsPropagation(options.Propagation))
        {
            throw MountErrors.InvalidConfig("bind", $"invalid propagation mode: {options.Propagation}");
        }

        if (!mount.ReadOnly && (options.ReadOnlyNonRecursive || options.ReadOnlyForceRecursive))
        {
            throw MountErrors.InvalidConfig("bind", "mount must be read-only to use a read-only option");
        }

        if (options is { ReadOnlyNonRecursive: true, ReadOnlyForceRecursive: true })
        {
            throw MountErrors.InvalidConfig("bind", "mount options conflict: cannot specify both ReadOnlyNonRecursive and ReadOnlyForceRecursive");
        }

        if (!options.CreateMountpoint && !File.Exists(mount.Source) && !Directory.Exists(mount.Source) && !IsOtherFile(mount.Source))
        {
            throw MountErrors.InvalidConfig("bind", $"bind source path does not exist: {mount.Source}");
        }

        return new ContainerMount
        {
            Type = "bind",
            Source = MountPath.Clean(mount.Source),
            Destination = destination,
            ReadOnly = mount.ReadOnly,
            Propagation = options.Propagation ?? "",
            CreateSource = options.CreateMountpoint,
            NonRecursive = options.NonRecursive,
            ReadOnlyNonRecursive = options.ReadOnlyNonRecursive,
            ReadOnlyForceRecursive = options.ReadOnlyForceRecursive,
        };
    }

    private static ContainerMount Volume(MountRequest mount, string destination, string volumeDriver)
    {
        Absent("volume", mount.BindOptions, "BindOptions");
        Absent("volume", mount.TmpfsOptions, "TmpfsOptions");
        Absent("volume", mount.ImageOptions, "ImageOptions");
        bool anonymous = string.IsNullOrEmpty(mount.Source);
        if (anonymous && mount.ReadOnly)
        {
            throw MountErrors.InvalidConfig("volume", "must not set ReadOnly mode when using anonymous volumes");
        }

        return new ContainerMount
        {
            Type = "volume",
            Name = anonymous ? "" : VolumeName.Check(mount.Source!),
            Destination = destination,
            Driver = string.IsNullOrEmpty(mount.VolumeOptions?.DriverConfig?.Name) ? volumeDriver : mount.VolumeOptions.DriverConfig.Name,
            ReadOnly = mount.ReadOnly,
            NoCopy = mount.VolumeOptions?.NoCopy ?? false,
            Subpath = CheckSubpath("volume", mount.VolumeOptions?.Subpath),
            Anonymous = anonymous,
        };
    }

    private static ContainerMount Tmpfs(MountRequest mount, string destination)
    {
        Absent("tmpfs", mount.BindOptions, "BindOptions");
        Absent("tmpfs", mount.VolumeOptions, "VolumeOptions");
        Absent("tmpfs", mount.ImageOptions, "ImageOptions");
        if (!string.IsNullOrEmpty(mount.Source))
        {
            throw MountErrors.InvalidConfig("tmpfs", "field Source must not be specified");
        }

        var options = new List<string>();
        if (mount.TmpfsOptions?.SizeBytes is > 0 and var size)
        {
            options.Add($"size={size}");
        }

        if (mount.TmpfsOptions?.Mode is > 0 and var mode)
        {
            options.Add("mode=" + Convert.ToString(mode & 0xFFF, 8));
        }

        foreach (List<string> pair in mount.TmpfsOptions?.Options ?? [])
        {
            options.Add(TmpfsOptions.Check(string.Join('=', pair)));
        }

        return new ContainerMount { Type = "tmpfs", Destination = destination, ReadOnly = mount.ReadOnly, TmpfsOptions = options };
    }

    private static ContainerMount Image(MountRequest mount, string destination)
    {
        Absent("image", mount.BindOptions, "BindOptions");
        Absent("image", mount.VolumeOptions, "VolumeOptions");
        Absent("image", mount.TmpfsOptions, "TmpfsOptions");
        if (string.IsNullOrEmpty(mount.Source))
        {
            throw MountErrors.InvalidConfig("image", "field Source must not be empty");
        }

        return new ContainerMount
        {
            Type = "image",
            Name = mount.Source,
            Source = mount.Source,
            Destination = destination,
            ReadOnly = true,
            Subpath = CheckSubpath("image", mount.ImageOptions?.Subpath),
        };
    }

    private static string CheckSubpath(string type, string? subpath)
    {
        if (string.IsNullOrEmpty(subpath))
        {
            return "";
        }

        string clean = MountPath.Clean(subpath);
        return subpath[0] == '/' || clean == ".." || clean.StartsWith("../", StringComparison.Ordinal)
            ? throw MountErrors.InvalidConfig(type, "subpath must be a relative path within the volume")
            : clean;
    }

    private static void Absent(string type, object? member, string name)
    {
        if (member is not null)
        {
            throw MountErrors.InvalidConfig(type, $"field {name} must not be specified");
        }
    }

    // Sockets and devices are neither files nor directories to .NET's eyes on every version; the link target decides.
    private static bool IsOtherFile(string path) => new FileInfo(path).Attributes != (FileAttributes)(-1);
}
