using System.Text;

namespace Wharf.Daemon.Options;

/// <summary>What --help prints, from the table of options.</summary>
internal static class HelpText
{
    public static string Render()
    {
        var text = new StringBuilder("\nUsage:  wharfd [OPTIONS]\n\nA container engine.\n\nOptions:\n");
        foreach (OptionSpec spec in OptionTable.All)
        {
            string value = spec.Kind switch
            {
                OptionKind.Flag => string.Empty,
                OptionKind.Number => " int",
                OptionKind.List => " list",
                OptionKind.Map => " map",
                _ => " string",
            };
            string flag = (spec.Short == 0 ? "      " : $"  -{spec.Short}, ") + $"--{spec.Name}{value}";
            text.Append(flag.PadRight(40)).Append("  ").Append(spec.Help).Append('\n');
        }

        return text.ToString();
    }
}
