using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Wharf.Api.Containers;
using Wharf.Api.Execs;
using Wharf.Api.Json;

namespace Wharf.Api.Tests.Json;

/// <summary>The short way of writing a request and the way everything else is written must say the same.</summary>
public sealed class RequestWriterTests
{
    [Fact]
    public void Requests_WithEveryMemberSet_AreWrittenAsTheWholeContextWritesThem()
    {
        Check((ContainerCreateRequest)Filled(typeof(ContainerCreateRequest), 0)!, RequestWriter.Write, ApiJsonContext.Default.ContainerCreateRequest);
        Check((ExecCreateRequest)Filled(typeof(ExecCreateRequest), 0)!, RequestWriter.Write, ApiJsonContext.Default.ExecCreateRequest);
        Check((ExecStartRequest)Filled(typeof(ExecStartRequest), 0)!, RequestWriter.Write, ApiJsonContext.Default.ExecStartRequest);
    }

    [Fact]
    public void Requests_WithNothingSet_AreWrittenAsTheWholeContextWritesThem()
    {
        Check(new ContainerCreateRequest { HostConfig = new HostConfig() }, RequestWriter.Write, ApiJsonContext.Default.ContainerCreateRequest);
        Check(new ExecCreateRequest(), RequestWriter.Write, ApiJsonContext.Default.ExecCreateRequest);
    }

    private static void Check<T>(T value, Action<Utf8JsonWriter, T> quick, JsonTypeInfo<T> whole)
    {
        using var written = new MemoryStream();
        using (var writer = new Utf8JsonWriter(written))
        {
            quick(writer, value);
        }

        JsonNode expected = JsonNode.Parse(JsonSerializer.Serialize(value, whole))!, actual = JsonNode.Parse(written.ToArray())!;

        Assert.True(JsonNode.DeepEquals(expected, actual), $"expected {expected.ToJsonString()}\nactual   {actual.ToJsonString()}");
    }

    private static object? Filled(Type type, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return "a text with \"quotes\" and <angles>";
        }

        if (type.IsPrimitive)
        {
            return type == typeof(bool) ? true : Convert.ChangeType(7, type);
        }

        Assert.True(depth < 12, $"{type} contains itself");
        object made = Activator.CreateInstance(type)!;
        if (made is IDictionary map)
        {
            Type[] arguments = type.GetGenericArguments();
            map[Filled(arguments[0], depth + 1)!] = Filled(arguments[1], depth + 1);
        }
        else if (made is IList list)
        {
            Type item = type.IsGenericType ? type.GetGenericArguments()[0] : type.BaseType!.GetGenericArguments()[0];
            list.Add(Filled(item, depth + 1));
        }
        else
        {
            foreach (PropertyInfo property in type.GetProperties().Where(p => p.CanWrite))
            {
                property.SetValue(made, Filled(property.PropertyType, depth + 1));
            }
        }

        return made;
    }
}
