using System.Globalization;
using System.Text;
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
        IReadOnlyList<Container> containers = session.Store.All();
        if (arguments.IsSet("quiet"))
        {
            foreach (Container container in containers)
            {
                session.Print(container.Id);
            }

            return 0;
        }

        session.Print((arguments.Text("format") ?? "table") switch
        {
            "json" => Json(containers),
            "table" => Table(containers),
            var other => throw WharfException.Invalid($"invalid format option \"{other}\""),
        });
        return 0;
    });

    private static string Table(IReadOnlyList<Container> containers)
    {
        var rows = new List<string[]>();
        foreach (Container container in containers)
        {
            ContainerState state = container.State;
            rows.Add([state.Id, $"{state.Pid}", state.Status, state.Bundle, Created(container), "root"]);
        }

        return TextTable.Format(["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"], rows);
    }

    private static string Json(IReadOnlyList<Container> containers)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (Container container in containers)
            {
                ContainerState state = container.State;
                json.WriteStartObject();
                json.WriteString("ociVersion"u8, state.OciVersion);
                json.WriteString("id"u8, state.Id);
                json.WriteNumber("pid"u8, state.Pid);
                json.WriteString("status"u8, state.Status);
                json.WriteString("bundle"u8, state.Bundle);
                json.WriteString("rootfs"u8, container.Record.Rootfs);
                json.WriteString("created"u8, Created(container));
                json.WriteString("owner"u8, "root"u8);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Created(Container container) => container.Record.Created.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
