using System.Text;

namespace Wharf.Registry.Settings;

/// <summary>What --help prints, from the table of options.</summary>
internal static class HelpText
{
    public static string Render()
    {
        var text = new StringBuilder("""

            Usage:  wharf-registry serve [OPTIONS] [CONFIG]
                    wharf-registry garbage-collect [OPTIONS] [CONFIG]

            Serves container images and other OCI artifacts (OCI distribution specification 1.1).
            Every option can also stand in a YAML file or in a variable: http.addr is REGISTRY_HTTP_ADDR.

            Options:
                  --config string                     Configuration file (YAML)

            """.Replace("            ", "", StringComparison.Ordinal));
        foreach (OptionSpec spec in OptionTable.All.Where(o => o.Flag is not null))
        {
            string value = spec.Kind switch
            {
                OptionKind.Flag => "",
                OptionKind.Number => " int",
                OptionKind.Duration => " duration",
                OptionKind.List => " list",
                _ => " string",
            };
            text.Append($"      --{spec.Flag}{value}".PadRight(41)).Append(' ').Append(spec.Help).Append('\n');
        }

        text.Append("\nOnly in the file or the environment:\n");
        foreach (OptionSpec spec in OptionTable.All.Where(o => o.Flag is null))
        {
            text.Append($"      {spec.Key}".PadRight(49)).Append(' ').Append(spec.Help).Append('\n');
        }

        return text.ToString();
    }
}
