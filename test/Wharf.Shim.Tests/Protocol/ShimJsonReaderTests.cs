using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Shims;
using Wharf.Runtime.Shims.Reading;

namespace Wharf.Shim.Tests.Protocol;

public sealed class ShimJsonReaderTests
{
    [Fact]
    public void Task_WithEveryMemberFilled_IsReadAsTheSerializerWroteIt()
    {
        var task = (ShimTask)Fill(typeof(ShimTask), 0);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(task, ShimJson.Default.ShimTask);
        AssertSame(json, JsonSerializer.SerializeToUtf8Bytes(ShimJsonReader.Task(json), ShimJson.Default.ShimTask));
    }

    [Fact]
    public void Exec_WithEveryMemberFilled_IsReadAsTheSerializerWroteIt()
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes((ShimExec)Fill(typeof(ShimExec), 0), ShimJson.Default.ShimExec);
        AssertSame(json, JsonSerializer.SerializeToUtf8Bytes(ShimJsonReader.Exec(json), ShimJson.Default.ShimExec));
    }

    [Fact]
    public void Resources_WithEveryMemberFilled_AreReadAsTheSerializerWroteThem()
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes((LinuxResources)Fill(typeof(LinuxResources), 0), ShimJson.Default.LinuxResources);
        AssertSame(json, JsonSerializer.SerializeToUtf8Bytes(ShimJsonReader.Resources(json), ShimJson.Default.LinuxResources));
    }

    [Fact]
    public void Task_WithTextThatIsNotUtf8_IsRefused()
    {
        byte[] json = [.. "{\"containerId\":\""u8, 0xc7, .. "\",\"spec\":{}}"u8];
        Assert.Equal(Wharf.Primitives.ErrorKind.InvalidArgument, Assert.Throws<Wharf.Primitives.WharfException>(() => ShimJsonReader.Task(json)).Kind);
    }

    [Fact]
    public void Resources_WithNothing_HaveNothing()
    {
        LinuxResources read = ShimJsonReader.Resources("{}"u8.ToArray());
        Assert.All(typeof(LinuxResources).GetProperties(), p => Assert.Null(p.GetValue(read)));
    }

    [Theory]
    [InlineData("""{"pids":{"limit":"many"}}""", "limit")]
    [InlineData("""{"memory":[]}""", "memory")]
    [InlineData("""{"devices":[{"major":9999999999999999999}]}""", "major")]
    [InlineData("""{"hugepageLimits":[{"limit":1}]}""", "pageSize")]
    [InlineData("[]", "devices")]
    [InlineData("{", "cannot be read")]
    public void Resources_OfTheWrongKind_AreRefusedByName(string json, string named)
    {
        var refused = Assert.Throws<WharfException>(() => ShimJsonReader.Resources(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
        Assert.Contains(named, refused.Message);
    }

    [Fact]
    public void Extract_ReplacesMembersAndKeepsTheRest()
    {
        byte[] taken = ShimJsonReader.Extract("""{"spec":{"a":1,"root":{"path":"x"},"new":[true]}}"""u8.ToArray(), "spec", ("root", """{"path":"y"}"""));
        AssertSame("""{"root":{"path":"y"},"a":1,"new":[true]}"""u8.ToArray(), taken);
    }

    private static void AssertSame(byte[] expected, byte[] actual)
    {
        Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(actual));
    }

    /// <summary>A value other than the default for every property, so that a forgotten one shows.</summary>
    private static object Fill(Type type, int depth)
    {
        Assert.True(depth < 12);
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return "text-" + depth;
        }

        if (type == typeof(bool))
        {
            return true;
        }

        if (type == typeof(byte[]))
        {
            return new byte[] { 1, 2, 3 };
        }

        if (type.IsPrimitive)
        {
            return Convert.ChangeType(40 + depth, type);
        }

        if (type.IsGenericType)
        {
            Type item = type.GetGenericArguments()[^1];
            if (type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            {
                var list = Array.CreateInstance(item, 2);
                list.SetValue(Fill(item, depth + 1), 0);
                list.SetValue(Fill(item, depth + 1), 1);
                return list;
            }

            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), item))!;
            map["key"] = Fill(item, depth + 1);
            return map;
        }

        object record = Activator.CreateInstance(type, nonPublic: true)!;
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
        {
            property.SetValue(record, Fill(property.PropertyType, depth + 1));
        }

        return record;
    }
}
