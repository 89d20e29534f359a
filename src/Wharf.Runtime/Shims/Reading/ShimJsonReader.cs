using System.Text.Json;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.Runtime.Shims.Reading;

/// <summary>The shim's side of <see cref="ShimJson"/>.</summary>
public static class ShimJsonReader
{
    /// <exception cref="WharfException">InvalidArgument, naming what is wrong.</exception>
    public static ShimTask Task(ReadOnlyMemory<byte> json) => RuntimeSpecReader.Read(json, TaskReader.ShimTask);

    /// <inheritdoc cref="Task"/>
    public static ShimExec Exec(ReadOnlyMemory<byte> json) => RuntimeSpecReader.Read(json, TaskReader.ShimExec);

    /// <inheritdoc cref="Task"/>
    public static ShimLog Log(ReadOnlyMemory<byte> json) => RuntimeSpecReader.Read(json, TaskReader.ShimLog);

    /// <inheritdoc cref="Task"/>
    public static LinuxResources Resources(ReadOnlyMemory<byte> json) => RuntimeSpecReader.ReadResources(json);

    /// <summary>
    /// A member of a document, some of whose own members are replaced or added: how a specification is handed on to a program that wants it
    /// as a file.
    /// </summary>
    /// <param name="json">The document.</param>
    /// <param name="member">Its member that is wanted; an object.</param>
    /// <param name="replacements">Names and JSON texts.</param>
    public static byte[] Extract(ReadOnlyMemory<byte> json, string member, params ReadOnlySpan<(string Name, string Json)> replacements)
    {
        using JsonDocument document = RuntimeSpecReader.Parse(json);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach ((string name, string text) in replacements)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(text);
            }

            foreach (JsonProperty property in document.RootElement.Required(member).EnumerateObject())
            {
                if (!Contains(replacements, property.Name))
                {
                    property.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static bool Contains(ReadOnlySpan<(string Name, string Json)> replacements, string name)
    {
        foreach ((string replaced, _) in replacements)
        {
            if (replaced == name)
            {
                return true;
            }
        }

        return false;
    }
}
