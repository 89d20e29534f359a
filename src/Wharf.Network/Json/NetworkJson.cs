using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Network.Sandboxes;

namespace Wharf.Network.Json;

/// <summary>How the engine's store writes the records that must survive the daemon.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true,
    Converters = [typeof(IPAddressConverter), typeof(MacAddressConverter), typeof(SubnetConverter), typeof(InterfaceAddressConverter)])]
[JsonSerializable(typeof(NetworkRecord))]
[JsonSerializable(typeof(Sandbox))]
[JsonSerializable(typeof(SandboxRequest))]
[JsonSerializable(typeof(EndpointRequest))]
public sealed partial class NetworkJson : JsonSerializerContext;

/// <summary>An address as its text.</summary>
public sealed class IPAddressConverter : JsonConverter<IPAddress>
{
    public override IPAddress? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IPAddress.TryParse(reader.GetString(), out IPAddress? address) ? address : throw new JsonException("not an IP address");

    public override void Write(Utf8JsonWriter writer, IPAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>A MAC address as its text; empty text for none.</summary>
public sealed class MacAddressConverter : JsonConverter<MacAddress>
{
    public override MacAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { Length: > 0 } text ? MacAddress.TryParse(text, out var mac) ? mac : throw new JsonException("not a MAC address") : default;

    public override void Write(Utf8JsonWriter writer, MacAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>A range as <c>address/prefix</c>; empty text for none.</summary>
public sealed class SubnetConverter : JsonConverter<Subnet>
{
    public override Subnet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { Length: > 0 } text ? Subnet.TryParse(text, out var subnet) ? subnet : throw new JsonException("not a CIDR") : default;

    public override void Write(Utf8JsonWriter writer, Subnet value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>An interface's address as <c>address/prefix</c>.</summary>
public sealed class InterfaceAddressConverter : JsonConverter<InterfaceAddress>
{
    public override InterfaceAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        InterfaceAddress.TryParse(reader.GetString(), out var address) ? address : throw new JsonException("not an address with a prefix");

    public override void Write(Utf8JsonWriter writer, InterfaceAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
