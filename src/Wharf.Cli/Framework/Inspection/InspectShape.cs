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
        "Labels", "Options", "DriverOpts", "Sysctls", "StorageOpt", "Annotations", "Tmpfs", "Data", "AuxiliaryAddresses", "ContainerLabels", "Attributes",
    };

    private static readonly HashSet<string> OtherMaps = new(StringComparer.Ordinal)
    {
        "Ports", "ExposedPorts", "PortBindings", "Volumes", "Networks", "Containers", "Status", "Metadata", "Endpoints", "TLSMaterial", "Services", "Details",
    };

    private static readonly HashSet<string> Pointers = new(StringComparer.Ordinal)
    {
        "Health", "Healthcheck", "IPAMConfig", "GraphDriver", "Storage", "ImageManifestDescriptor", "Node", "ContainerConfig", "UsageData", "ClusterVolume", "Descriptor",
        "Identity", "SizeRw", "SizeRootFs", "StopTimeout", "Init", "MemorySwappiness", "OomKillDisable", "PidsLimit", "BindOptions", "VolumeOptions", "TmpfsOptions", "ImageOptions",
    };

    /// <summary>Fields that are left out when empty, with what they are then.</summary>
    private static readonly Dictionary<string, object?> LeftOut = new(StringComparer.Ordinal)
    {
        ["MacAddress"] = "", ["StopSignal"] = "", ["Parent"] = "", ["Comment"] = "", ["Author"] = "", ["Container"] = "", ["Variant"] = "", ["OsVersion"] = "", ["DockerVersion"] = "",
        ["Name"] = "", ["Driver"] = "", ["NetworkDisabled"] = false, ["ArgsEscaped"] = false, ["EnableIPv4"] = false, ["GwPriority"] = 0L, ["Shell"] = TemplateNil.List,
        ["OnBuild"] = TemplateNil.List, ["Mounts"] = TemplateNil.List, ["DNSNames"] = TemplateNil.List, ["Manifests"] = TemplateNil.List, ["Peers"] = TemplateNil.List,
        ["Warnings"] = TemplateNil.List, ["ExposedPorts"] = TemplateNil.Map, ["Volumes"] = TemplateNil.Map, ["Sysctls"] = TemplateNil.Map, ["StorageOpt"] = TemplateNil.Map,
        ["Cmd"] = TemplateNil.List, ["Entrypoint"] = TemplateNil.List, ["Env"] = TemplateNil.List, ["WorkingDir"] = "", ["User"] = "", ["Labels"] = TemplateNil.Map,
        ["Tmpfs"] = TemplateNil.Map, ["Annotations"] = TemplateNil.Map, ["Status"] = TemplateNil.Map, ["Metadata"] = TemplateNil.Map,
    };

    // the fields of a mount point in their order: templates print whole mounts
    private static readonly (string Name, object? Zero)[] MountFields =
        [("Type", ""), ("Name", ""), ("Source", ""), ("Destination", ""), ("Driver", ""), ("Mode", ""), ("RW", false), ("Propagation", "")];

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
                list.Add(Value(ref reader, typeName, field == "Mounts" ? "Mount" : "", inLogConfig: false));
            }

            return list;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return TemplateJson.ReadValue(ref reader) ?? Nil(field);
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

        return new Shaped(typeName, field == "Mount" && fields.Any(f => f.Key == "Destination") ? MountPoint(fields) : fields);
    }

    private static List<KeyValuePair<string, object?>> MountPoint(List<KeyValuePair<string, object?>> given) =>
        [.. MountFields.Select(m => new KeyValuePair<string, object?>(m.Name, given.Find(g => g.Key == m.Name).Value ?? m.Zero))];

    /// <summary>null stands for a nil pointer, or for a list or a map that was never made.</summary>
    private static TemplateNil Nil(string field) => Pointers.Contains(field) ? TemplateNil.Pointer
        : StringMaps.Contains(field) || OtherMaps.Contains(field) ? TemplateNil.Map
        : TemplateNil.List;

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
                if (field == name || (field == "Id" && name == "ID") || (field == "ApiVersion" && name == "APIVersion"))
                {
                    value = content;
                    return true;
                }
            }

            if (Pointers.Contains(name))
            {
                value = TemplateNil.Pointer;
                return true;
            }

            return LeftOut.TryGetValue(name, out value);
        }
    }
}
