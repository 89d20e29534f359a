using System.Text.Json;

namespace Wharf.Oci.Runtime;

/// <summary>Writes a container's state as hooks and engines read it.</summary>
public static class ContainerStateJson
{
    public static byte[] Write(ContainerState state)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("ociVersion"u8, state.OciVersion);
            json.WriteString("id"u8, state.Id);
            json.WriteString("status"u8, state.Status);
            json.WriteNumber("pid"u8, state.Pid);
            json.WriteString("bundle"u8, state.Bundle);
            if (state.Annotations is { Count: > 0 } annotations)
            {
                json.WriteStartObject("annotations"u8);
                foreach ((string name, string value) in annotations)
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
