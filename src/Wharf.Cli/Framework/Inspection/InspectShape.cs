using System.Text.Json;
using Wharf.Templates.Values;

namespace Wharf.Cli.Framework.Inspection;

/// <summary>
/// Gives the JSON of inspect answers the shapes that Docker's client has them decoded into, because templates can tell: structs
/// (fields in order, an unknown field is an error), maps (an unknown key is empty), fields that are left out when empty.
/// </summary>
internal static class InspectShape
{
    private static readonly HashSet<string> StringMaps = new(StringComparer.Ordinal)
    {
        "Labels", "Options", "DriverOpts", "Sysctls", "StorageOpt", "Annotations", "Tmpfs", "Data", "AuxiliaryAddresses", "ContainerLabels",
    };

    private static readonly HashSet<string> OtherMaps = new(StringComparer.Ordinal)
    {
        "Ports", "ExposedPorts", "PortBindings", "Volumes", "Networks", "Containers", "Status", "Metadata", "Endpoints", "TLSMaterial", "Services", "Details",
    };

    private static readonly HashSet<string> Optional = new(StringComparer.Ordinal)
    {
        "Health", "Healthcheck", "SizeRw", "SizeRootFs", "StopTimeout", "StopSignal", "Shell", "ArgsEscaped", "MacAddress", "Node", "Mounts", "IPAMConfig",
        "GraphDriver", "Storage", "ImageManifestDescriptor", "Annotations", "Parent", "Comment", "Author", "Container", "ContainerConfig", "Variant", "OsVersion",
        "DockerVersion", "Status", "UsageData", "ClusterVolume", "NetworkDisabled", "OnBuild", "Metadata", "Descriptor", "Manifests", "Identity", "Sysctls",
        "StorageOpt", "Tmpfs", "VolumeDriver", "Init", "DNSNames", "GwPriority", "Peers", "Services", "EnableIPv4", "Warnings", "SwarmPartial",
    };

    public static object? Read(ReadOnlySpan<byte> json, string typeName)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        return Value(ref reader, typeName, "", inLogConfig: false);
    }

    private static object? Value(ref Utf8JsonReader reader, string typeName, string field, bool inLogConfig)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            var list = new List<object?>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                list.Add(Value(ref reader, typeName, "", inLogConfig: false));
            }

            return list;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return TemplateJson.ReadValue(ref reader) ?? Zero(field);
        }

        bool strings = StringMaps.Contains(field) || (field == "Config" && inLogConfig);
        if (strings || OtherMaps.Contains(field))
        {
            var map = new TemplateMap(strings ? "" : null, strings ? "map[string]string" : "map[string]interface {}");
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                string key = reader.GetString()!;
                reader.Read();
                map[key] = Value(ref reader, typeName, "", inLogConfig: false);
            }

            return map;
        }

        var fields = new List<KeyValuePair<string, object?>>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!;
            reader.Read();
            fields.Add(new(name, Value(ref reader, typeName, name, inLogConfig: field == "LogConfig")));
        }

        return new Shaped(typeName, fields);
    }

    private static object? Zero(string field) => StringMaps.Contains(field) ? new TemplateMap("", "map[string]string")
        : OtherMaps.Contains(field) ? new TemplateMap()
        : null;

    /// <summary>A struct whose known optional fields are nil when the JSON has left them out.</summary>
    private sealed class Shaped(string typeName, List<KeyValuePair<string, object?>> fields) : ITemplateObject
    {
        public string TypeName => typeName;

        public IEnumerable<KeyValuePair<string, object?>> Members => fields;

        public bool TryGetMember(string name, out object? value)
        {
            foreach ((string field, object? content) in fields)
            {
                // Go finds Id under ID and the like only by the exact name of its field
                if (field == name || (field == "Id" && name == "ID"))
                {
                    value = content;
                    return true;
                }
            }

            value = Optional.Contains(name) ? Zero(name) : null;
            return Optional.Contains(name);
        }
    }
}
