using System.Globalization;
using System.Text.Json;
using Wharf.Oci.Runtime;
using Wharf.OciRuntime.CommandLine;
using Wharf.OciRuntime.Containers;
using Wharf.Primitives;

namespace Wharf.OciRuntime.Inspection;

internal static class ListCommand
{
    public static readonly Command Command = new("list", "lists containers", [new("format", 'f'), new("quiet", 'q', TakesValue: false)], (arguments, session) =>
    {
        arguments.Operand(0, 0, "list");
        List<ContainerLine> lines = [.. session.Store.All().Select(Line)];
        if (arguments.IsSet("quiet"))
        {
            lines.ForEach(line => session.Print(line.Id));
            return 0;
        }

        switch (arguments.Text("format") ?? "table")
        {
            case "json":
                session.Print(JsonSerializer.Serialize(lines, RecordJson.Default.ListContainerLine));
                break;
            case "table":
                session.Print(TextTable.Format(["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"],
                    [.. lines.Select(l => new[] { l.Id, $"{l.Pid}", l.Status, l.Bundle, l.Created.ToString("O", CultureInfo.InvariantCulture), l.Owner })]));
                break;
            case var other:
                throw WharfException.Invalid($"invalid format option \"{other}\"");
        }

        return 0;
    });

    private static ContainerLine Line(Container container)
    {
        ContainerState state = container.State;
        return new ContainerLine(state.OciVersion, state.Id, state.Pid, state.Status, state.Bundle, container.Record.Rootfs, container.Record.Created, container.Record.Owner);
    }
}
