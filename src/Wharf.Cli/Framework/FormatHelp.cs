namespace Wharf.Cli.Framework;

/// <summary>The help texts of <c>--format</c>.</summary>
internal static class FormatHelp
{
    private const string Reference =
        "\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates";

    public const string List =
        "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n"
        + "'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n"
        + "'TEMPLATE':         Print output using the given Go template." + Reference;

    public const string Inspect =
        "Format output using a custom template:\n'json':             Print in JSON format\n"
        + "'TEMPLATE':         Print output using the given Go template." + Reference;
}
