using Microsoft.Win32.SafeHandles;

namespace Wharf.Linux.Tests.Cgroups;

public sealed class DeviceFilterTests
{
    [Fact]
    public void Load_RulesOfEveryShape_PassTheKernelsVerifier()
    {
        DeviceRule[] rules =
        [
            new(false, 'a', null, null, DeviceAccess.All),
            new(true, 'c', null, null, DeviceAccess.MakeNode),
            new(true, 'c', 1, 3, DeviceAccess.All),
            new(true, 'b', 8, null, DeviceAccess.Read),
            new(false, 'c', 10, 229, DeviceAccess.Write | DeviceAccess.Read),
        ];

        Errno errno = DeviceFilter.Load(rules, out SafeFileHandle program);

        using (program)
        {
            Assert.Equal(Errno.None, errno);
        }
    }

    [Theory]
    [InlineData(true, 'a', null, null, DeviceAccess.All, "a")]
    [InlineData(true, 'c', 1u, 3u, DeviceAccess.All, "c 1:3 rwm")]
    [InlineData(false, 'b', null, 2u, DeviceAccess.Read, "b *:2 r")]
    public void ToLegacy_Rule_IsWhatTheDevicesFilesRead(bool allow, char type, uint? major, uint? minor, DeviceAccess access, string expected) =>
        Assert.Equal(expected, new DeviceRule(allow, type, major, minor, access).ToLegacy());
}
