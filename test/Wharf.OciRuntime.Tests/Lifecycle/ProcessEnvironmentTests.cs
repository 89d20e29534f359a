using System.Text.Json.Nodes;

namespace Wharf.OciRuntime.Tests.Lifecycle;

/// <summary>What engines leave to the runtime: HOME, sockets handed down, descriptors that are none of the container's business.</summary>
public sealed class ProcessEnvironmentTests : IDisposable
{
    private readonly Runtime _runtime = new();

    public ProcessEnvironmentTests()
    {
        Directory.CreateDirectory(_runtime.Bundle + "/rootfs/etc");
        File.WriteAllText(_runtime.Bundle + "/rootfs/etc/passwd", "# a comment\nroot:x:0:0:root:/root:/bin/sh\nnonsense\nann:x:7:7:Ann:/home/ann:/bin/sh\nnowhere:x:8:8:::\n");
    }

    public void Dispose() => _runtime.Dispose();

    [Theory]
    [InlineData(0, null, "/root")]
    [InlineData(7, null, "/home/ann")]
    [InlineData(8, null, "/")]
    [InlineData(4711, null, "/")]
    [InlineData(7, "HOME=", "/home/ann")]
    [InlineData(7, "HOME=/given", "/given")]
    public void Home_ThatIsNotGiven_IsTheUsersByTheContainersPasswordFile(int uid, string? given, string expected)
    {
        _runtime.Configure(["sh", "-c", "echo $HOME"], config =>
        {
            config["process"]!["user"]!["uid"] = uid;
            if (given is not null)
            {
                config["process"]!["env"]!.AsArray().Add(given);
            }
        });

        Assert.Equal(expected + "\n", _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Succeed().Output);
    }

    [Fact]
    public void Home_PasswordFileMounted_IsTheMountedOnes()
    {
        File.WriteAllText(_runtime.Bundle + "/other", "root:x:0:0:root:/other:/bin/sh\n");
        _runtime.Configure(["sh", "-c", "echo $HOME"], config => config["mounts"]!.AsArray().Add(new JsonObject
        {
            ["destination"] = "/etc/passwd",
            ["type"] = "bind",
            ["source"] = "other",
            ["options"] = new JsonArray("bind", "ro"),
        }));

        Assert.Equal("/other\n", _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Succeed().Output);
    }

    [Fact]
    public void Exec_User_HasItsHomeAndTheVariablesOfTheFlags()
    {
        _runtime.Configure(["sleep", "1000"], config => config["process"]!["env"]!.AsArray().Add("A=1"));
        _runtime.Run("run", "--detach", "--bundle", _runtime.Bundle, "c").Succeed();
        try
        {
            Assert.Equal("/home/ann 1\n", _runtime.Run("exec", "--user", "7:7", "c", "sh", "-c", "echo $HOME $A").Succeed().Output);
            Assert.Equal("/x 2\n", _runtime.Run("exec", "-e", "A=2", "-e", "HOME=/x", "c", "sh", "-c", "echo $HOME $A").Succeed().Output);
        }
        finally
        {
            _runtime.Run("delete", "--force", "c").Succeed();
        }
    }

    [Fact]
    public void Run_ListeningSockets_GoToTheContainer()
    {
        _runtime.Configure(["sh", "-c", "echo $LISTEN_FDS $LISTEN_PID; cat <&3; cat <&4; test ! -e /proc/self/fd/5"]);
        File.WriteAllText(_runtime.Bundle + "/a", "first ");
        File.WriteAllText(_runtime.Bundle + "/b", "second");
        string open = $"exec 3<{_runtime.Bundle}/a 4<{_runtime.Bundle}/b 5</dev/null; export LISTEN_FDS=2; ";

        _runtime.Before = open + "export LISTEN_PID=$$; ";
        Assert.Equal("2 1\nfirst second", _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Succeed().Output);

        _runtime.Before = open + "export LISTEN_PID=1; ";
        Assert.StartsWith("\n", _runtime.Run("run", "--bundle", _runtime.Bundle, "c").Output);
    }

    [Fact]
    public void Create_DescriptorsOfTheCaller_AreNotHeldUntilStart()
    {
        _runtime.Configure(["sleep", "1000"]);
        _runtime.Before = "exec 3</dev/null 9</dev/null; ";
        string pidFile = _runtime.Bundle + "/pid";

        _runtime.Run("create", "--preserve-fds", "1", "--pid-file", pidFile, "--bundle", _runtime.Bundle, "c").Succeed();
        try
        {
            string descriptors = $"/proc/{File.ReadAllText(pidFile)}/fd/";
            Assert.Equal("/dev/null", new FileInfo(descriptors + 3).LinkTarget);
            Assert.Null(new FileInfo(descriptors + 9).LinkTarget);
        }
        finally
        {
            _runtime.Run("delete", "--force", "c").Succeed();
        }
    }
}
