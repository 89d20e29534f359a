using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Wharf.OciRuntime.Tests.Lifecycle;

/// <summary>Devices of a container that may make none itself.</summary>
public sealed class UserNamespaceTests : IDisposable
{
    private const int FirstId = 100000;

    private readonly Runtime _runtime = new();

    public UserNamespaceTests()
    {
        foreach (string name in new[] { "proc", "dev", "sys" })
        {
            Directory.CreateDirectory($"{_runtime.Bundle}/rootfs/{name}");
        }

        // others must be able to come to the bundle and own what is in it
        File.SetUnixFileMode(Path.GetDirectoryName(_runtime.Bundle)!, (UnixFileMode)0b111_001_001);
        using var chown = Process.Start("chown", ["-R", $"{FirstId}:{FirstId}", _runtime.Bundle]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
    }

    public void Dispose() => _runtime.Dispose();

    [Fact]
    public void Run_ListedDevices_AreMadeWithTheirOwnNamesNumbersAndOwners()
    {
        Configure(["sh", "-c", "echo x >/dev/zero2 && echo $(stat -c '%F %t:%T %u:%g %a' /dev/sink/a) $(stat -c '%F %u:%g' /dev/zero2)"],
            new JsonObject { ["path"] = "/dev/sink/a", ["type"] = "c", ["major"] = 1, ["minor"] = 3, ["uid"] = 10, ["gid"] = 11, ["fileMode"] = 0b110_110_000 },
            new JsonObject { ["path"] = "/dev/zero2", ["type"] = "c", ["major"] = 1, ["minor"] = 5 });

        Assert.Equal("character special file 1:3 10:11 660 character special file 0:0\n", _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Succeed().Output);
    }

    [Fact]
    public void Run_DeviceOfAnIdThatIsNotMapped_IsRefused()
    {
        Configure(["true"], new JsonObject { ["path"] = "/dev/a", ["type"] = "c", ["major"] = 1, ["minor"] = 3, ["uid"] = 4000000 });

        Assert.Contains("device /dev/a: the container's user namespace has no id 4000000", _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Error);
    }

    private void Configure(string[] args, params JsonNode[] devices)
    {
        File.Delete(_runtime.Bundle + "/rootfs/bin/stat");
        File.CreateSymbolicLink(_runtime.Bundle + "/rootfs/bin/stat", "busybox");
        _runtime.Configure(args, config =>
        {
            JsonNode linux = config["linux"]!;
            linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
            linux["uidMappings"] = new JsonArray(new JsonObject { ["containerID"] = 0, ["hostID"] = FirstId, ["size"] = 65536 });
            linux["gidMappings"] = new JsonArray(new JsonObject { ["containerID"] = 0, ["hostID"] = FirstId, ["size"] = 65536 });
            linux["resources"]!["devices"] = new JsonArray(new JsonObject { ["allow"] = true, ["access"] = "rwm" });
            linux["devices"] = new JsonArray(devices);
        });
    }
}
