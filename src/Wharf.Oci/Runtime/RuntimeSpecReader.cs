using System.Text.Json;

namespace Wharf.Oci.Runtime;

/// <summary>
/// Reads the specification's documents token by token. A runtime is started for every container and reads one document in its life: the
/// general serializer would spend more time on getting ready than the kernel on the whole container. Member names are exact, unknown members are
/// skipped, null counts as absent.
/// </summary>
public static partial class RuntimeSpecReader
{
    /// <exception cref="JsonException">Not JSON, a value of the wrong type, or a required member missing.</exception>
    public static RuntimeSpec ReadSpec(ReadOnlySpan<byte> json) => Read(json, RuntimeSpec);

    /// <exception cref="JsonException">As for <see cref="ReadSpec"/>.</exception>
    public static ProcessSpec ReadProcess(ReadOnlySpan<byte> json) => Read(json, ProcessSpec);

    /// <exception cref="JsonException">As for <see cref="ReadSpec"/>.</exception>
    public static LinuxResources ReadResources(ReadOnlySpan<byte> json) => Read(json, LinuxResources);

    private static T Read<T>(ReadOnlySpan<byte> json, JsonValues.Read<T> read)
        where T : class
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            T value = read(ref reader) ?? throw new JsonException("the document is null");
            return !reader.Read() ? value : throw new JsonException("something follows the document");
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException($"a value before byte {reader.BytesConsumed} has the wrong type", e);
        }
        catch (FormatException e)
        {
            throw new JsonException($"the number before byte {reader.BytesConsumed} does not fit", e);
        }
    }
}
