using System.Reflection;

namespace Wharf.Engine.Tests.Fakes;

/// <summary>A room of which a test needs some members: those are given by name, all others fail loudly.</summary>
#pragma warning disable CA1852 // DispatchProxy derives from it
internal class Room<T> : DispatchProxy
    where T : class
{
    private Dictionary<string, Func<object?[], object?>> _members = [];

    public static T Of(Dictionary<string, Func<object?[], object?>> members)
    {
        T room = Create<T, Room<T>>();
        ((Room<T>)(object)room)._members = members;
        return room;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _members.TryGetValue(targetMethod!.Name, out Func<object?[], object?>? member)
            ? member(args ?? [])
            : throw new NotSupportedException($"the test did not expect {targetMethod.DeclaringType!.Name}.{targetMethod.Name}");
}
#pragma warning restore CA1852
