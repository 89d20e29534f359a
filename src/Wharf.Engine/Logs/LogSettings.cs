using System.Collections.Frozen;
using System.Globalization;
using Wharf.Api.Containers;
using Wharf.Engine.Containers;
using Wharf.Engine.Logs.Shipping;
using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Engine.Logs;

/// <summary>A container's log configuration, read: which driver, how large, how many files, what goes with each line.</summary>
internal static class LogSettings
{
    // Enough for what anybody reads back, and an end to logs that fill a disk.
    private const long DefaultSize = 256L << 20;
    private const int DefaultFiles = 5;

    private const long DefaultBuffer = 1L << 20;

    // Docker's limits for the files behind a remote driver.
    private const long CacheSize = 20L << 20;
    private const int CacheFiles = 5;

    private static readonly FrozenSet<string> JsonFileOptions = FrozenSet.ToFrozenSet(["max-size", "max-file", "compress", "labels", "labels-regex", "env", "env-regex", "tag", "mode", "max-buffer-size"]);
    private static readonly FrozenSet<string> LocalOptions = FrozenSet.ToFrozenSet(["max-size", "max-file", "compress", "mode", "max-buffer-size"]);

    /// <exception cref="WharfException">InvalidArgument naming driver or option.</exception>
    public static void Check(HostConfigLogConfig config)
    {
        FrozenSet<string> known = config.Type switch
        {
            "json-file" => JsonFileOptions,
            "local" => LocalOptions,
            "none" => [],
            _ => RemoteDrivers.OptionsOf(config.Type) ?? throw WharfException.Invalid($"logger: no log driver named '{config.Type}' is registered"),
        };
        foreach ((string name, string value) in config.Config ?? [])
        {
            if (config.Type == "none")
            {
                continue;
            }

            if (!known.Contains(name))
            {
                throw WharfException.Invalid($"unknown log opt '{name}' for {config.Type} log driver");
            }

            switch (name)
            {
                case "max-size" or "cache-max-size":
                    _ = ParseSize(value);
                    break;
                case "max-file" or "cache-max-file":
                    if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int files) || files < 1)
                    {
                        throw WharfException.Invalid($"{name} cannot be less than 1");
                    }

                    break;
                case "compress" or "cache-compress" or "cache-disabled" or "fluentd-async":
                    _ = ParseFlag(value);
                    break;
                case "mode" when value is not ("blocking" or "non-blocking"):
                    throw WharfException.Invalid($"logger: logging mode not supported: {value}");
                case "max-buffer-size":
                    _ = ParseSize(value);
                    break;
                case "labels-regex" or "env-regex":
                    LogAttributes.CheckPattern(value);
                    break;
                case "tag":
                    LogTag.Check(value);
                    break;
                default:
                    break;
            }
        }

        RemoteDrivers.Check(config);
    }

    /// <summary>Where a container's log file is: its log, or what a driver that sends it away reads from; empty for driver none.</summary>
    public static string FileOf(ContainerRecord record, string containerDirectory) =>
        RemoteDrivers.IsRemote(record.HostConfig.LogConfig) ? Path.Combine(containerDirectory, "container-cached.log") : record.Definition.LogPath;

    /// <summary>The log's path as inspect shows it; empty for drivers without one.</summary>
    public static string PathOf(HostConfigLogConfig config, string containerDirectory, string id) => config.Type switch
    {
        "json-file" => Path.Combine(containerDirectory, $"{id}-json.log"),
        "local" => Path.Combine(containerDirectory, "local-logs", "container.log"),
        _ => "",
    };

    public static ShimLog ForShim(ContainerRecord record, string containerDirectory)
    {
        HostConfigLogConfig config = record.HostConfig.LogConfig ?? new HostConfigLogConfig { Type = "none" };
        Dictionary<string, string> options = config.Config ?? [];
        if (config.Type is null or "none")
        {
            return new ShimLog { Driver = "none" };
        }

        if (RemoteDrivers.IsRemote(config))
        {
            return new ShimLog
            {
                Driver = "local",
                Path = FileOf(record, containerDirectory),
                MaxSize = options.TryGetValue("cache-max-size", out string? cacheSize) ? ParseSize(cacheSize) : CacheSize,
                MaxFiles = options.TryGetValue("cache-max-file", out string? cacheFiles) ? int.Parse(cacheFiles, CultureInfo.InvariantCulture) : CacheFiles,
                Compress = !options.TryGetValue("cache-compress", out string? cacheCompress) || ParseFlag(cacheCompress),
                MaxBuffer = Buffer(options),
            };
        }

        return new ShimLog
        {
            Driver = config.Type,
            Path = record.Definition.LogPath,
            MaxSize = options.TryGetValue("max-size", out string? size) ? ParseSize(size) : DefaultSize,
            MaxFiles = options.TryGetValue("max-file", out string? files) ? int.Parse(files, CultureInfo.InvariantCulture) : size is null ? DefaultFiles : config.Type == "local" ? 5 : 1,
            Compress = options.TryGetValue("compress", out string? compress) ? ParseFlag(compress) : config.Type == "local",
            MaxBuffer = Buffer(options),
            Attributes = config.Type == "json-file" ? LogAttributes.Of(record, options) : null,
        };
    }

    private static long Buffer(Dictionary<string, string> options) =>
        options.GetValueOrDefault("mode") != "non-blocking" ? 0
        : options.TryGetValue("max-buffer-size", out string? size) ? ParseSize(size)
        : DefaultBuffer;

    private static bool ParseFlag(string value) => value switch
    {
        "true" or "1" or "t" => true,
        "false" or "0" or "f" => false,
        _ => throw WharfException.Invalid($"invalid value for compress: {value}"),
    };

    // Sizes of go-units: binary multiples, case and the trailing b do not matter; -1 is no limit.
    private static long ParseSize(string text)
    {
        if (text == "-1")
        {
            return 0;
        }

        string lower = text.Trim().ToLowerInvariant();
        string digits = lower.TrimEnd('b', 'i', 'k', 'm', 'g', 't', ' ');
        string unit = lower[digits.Length..].Trim();
        long factor = unit switch
        {
            "" or "b" => 1,
            "k" or "kb" or "kib" => 1L << 10,
            "m" or "mb" or "mib" => 1L << 20,
            "g" or "gb" or "gib" => 1L << 30,
            "t" or "tb" or "tib" => 1L << 40,
            _ => 0,
        };
        return factor != 0 && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) && number > 0 && number * factor < long.MaxValue
            ? (long)(number * factor)
            : throw WharfException.Invalid($"invalid size: '{text}'");
    }
}
