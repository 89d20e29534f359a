using System.Text.RegularExpressions;
using Wharf.Primitives;

namespace Wharf.Registry.Settings;

/// <summary>Gathers options: configuration file, then REGISTRY_* variables, then flags. What nobody knows is refused by its name.</summary>
internal static partial class OptionReader
{
    private const string Prefix = "REGISTRY_";

    /// <param name="arguments">Flags, and at most one name of a configuration file, as Docker's registry has it.</param>
    /// <param name="environment">All variables.</param>
    /// <exception cref="WharfException">InvalidArgument, naming the flag, variable or key.</exception>
    public static OptionValues Read(IReadOnlyList<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var flags = new OptionValues();
        string? file = null;
        for (int i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                file = file is null && !arguments[i].StartsWith('-') ? arguments[i] : throw WharfException.Invalid($"unknown argument: {arguments[i]}");
                continue;
            }

            string text = arguments[i][2..];
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? text : text[..equals];
            OptionSpec? spec = name == "config" ? null : OptionTable.FindFlag(name) ?? throw WharfException.Invalid($"unknown flag: --{name}");
            string value = equals >= 0 ? text[(equals + 1)..]
                : spec?.Kind == OptionKind.Flag ? "true"
                : ++i < arguments.Count ? arguments[i] : throw WharfException.Invalid($"flag needs an argument: --{name}");
            if (spec is null)
            {
                file = value;
            }
            else
            {
                flags.Add(spec.Key, value);
            }
        }

        var values = new OptionValues();
        if (file is not null)
        {
            Merge(values, ConfigFile.Read(file), $"configuration file {file}");
        }

        Merge(values, Variables(environment), "environment");
        Merge(values, flags, "flags");
        return values;
    }

    private static OptionValues Variables(IEnumerable<KeyValuePair<string, string>> environment)
    {
        var values = new OptionValues();
        foreach ((string name, string value) in environment.Where(v => v.Key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            if (OfAnotherService().IsMatch(name))
            {
                continue;
            }

            OptionSpec? spec = OptionTable.All.FirstOrDefault(o => o.Variable == name && o.Kind != OptionKind.Map);
            if (spec is not null)
            {
                values.Set(spec.Key, spec.Kind == OptionKind.List ? ConfigFile.ReadList(value, name) : [value]);
            }
            else if (OptionTable.All.FirstOrDefault(o => o.Kind == OptionKind.Map && name.StartsWith(o.Variable + "_", StringComparison.Ordinal)) is { } map)
            {
                values.Set($"{map.Key}.{Below(map, name)}", ConfigFile.ReadList(value, name));
            }
            else
            {
                throw WharfException.Invalid($"environment variable {name} is not an option of this registry");
            }
        }

        return values;
    }

    private static string Below(OptionSpec map, string name)
    {
        string rest = name[(map.Variable.Length + 1)..];
        // Headers and fields keep their letters; the parts of a listener are keys.
        return map.Key == "notifications.endpoints" ? rest.ToLowerInvariant().Replace('_', '.') : rest;
    }

    private static void Merge(OptionValues into, OptionValues from, string source)
    {
        foreach ((string key, IReadOnlyList<string> values) in from.Everything)
        {
            if (OptionTable.FindKey(key) is null)
            {
                throw WharfException.Invalid($"{source}: {key} is not an option of this registry");
            }

            into.Set(key, values);
        }
    }

    // What container links and Kubernetes set for a service that happens to be called registry.
    [GeneratedRegex("^REGISTRY_(PORT|PORT_.*|SERVICE_HOST|SERVICE_PORT.*|NAME|ENV_.*)$")]
    private static partial Regex OfAnotherService();
}
