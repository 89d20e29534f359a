using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>Log drivers and their options, by the files they write and the messages they send.</summary>
public sealed class LogFlagTests(SharedEngine shared) : RunFlagTest(shared)
{
    private string Logged(Client client, string script, params string[] flags)
    {
        string name = NewName();
        Run(client, ["run", "--name", name, .. flags, "busybox", "sh", "-c", script]).Ok();
        return name;
    }

    [Theory, MemberData(nameof(Clients)), CoversFlags("log-driver", "log-opt")]
    public void JsonFile_RotatesCompressesAndTags(Client client)
    {
        string name = Logged(client, "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789$i; i=$((i+1)); done",
            "--log-opt", "max-size=20k", "--log-opt", "max-file=3", "--log-opt", "compress=true");
        string path = Inspect(name, "{{.LogPath}}");
        Eventually(() => File.Exists(path + ".1.gz") && File.Exists(path + ".2.gz"), "two compressed files beside the current one");
        Assert.False(File.Exists(path + ".3.gz"));
        Assert.InRange(new FileInfo(path).Length, 1, 22_000);
        Assert.EndsWith("2999", Run(client, "logs", name).Ok().Text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void JsonFile_Attributes_ByNameAndByPattern(Client client)
    {
        string name = Logged(client, "echo line", "-l", "quay=7", "-l", "crane.a=1", "-l", "other=x", "-e", "COLOUR=red", "-e", "SHADE_A=dark",
            "--log-opt", "labels=quay", "--log-opt", "labels-regex=^crane", "--log-opt", "env=COLOUR", "--log-opt", "env-regex=^SHADE_", "--log-opt", "tag={{.Name}}/{{.ImageName}}/{{.ID}}");
        string id = Inspect(name, "{{.Id}}");
        string line = File.ReadAllText(Inspect(name, "{{.LogPath}}"));
        Assert.Contains($$"""
            "attrs":{"COLOUR":"red","SHADE_A":"dark","crane.a":"1","quay":"7","tag":"{{name}}/busybox/{{id[..12]}}"}
            """.Trim(), line);
        Assert.Contains("COLOUR=red,SHADE_A=dark,crane.a=1,quay=7,tag=", Run(client, "logs", "--details", name).Ok().Out.Replace("%2F", "/", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Local_IsReadBack(Client client)
    {
        string name = Logged(client, "echo out; echo err >&2", "--log-driver", "local", "--log-opt", "max-size=1m", "--log-opt", "mode=non-blocking", "--log-opt", "max-buffer-size=2m");
        var logs = Run(client, "logs", name).Ok();
        Assert.Equal("out\n", logs.Out);
        Assert.Equal("err\n", logs.Error);
        Assert.Equal("local", Inspect(name, "{{.HostConfig.LogConfig.Type}}"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void None_KeepsNothing(Client client)
    {
        string name = Logged(client, "echo out", "--log-driver", "none");
        Run(client, "logs", name).Fails(1, "configured logging driver does not support reading");
    }

    [Theory, MemberData(nameof(Clients))]
    public void NonBlocking_KeepsWhatFitsTheBuffer(Client client)
    {
        string name = Logged(client, "head -c 3000000 /dev/zero | tr '\\0' 'x' | fold -w 100; echo end", "--log-opt", "mode=non-blocking", "--log-opt", "max-buffer-size=8m");
        Assert.EndsWith("end", Run(client, "logs", "--tail", "1", name).Ok().Text);
        Assert.Equal(30_000, File.ReadLines(Inspect(name, "{{.LogPath}}")).Count());
    }

    [Theory]
    [InlineData("json-file")]
    [InlineData("local")]
    public void NonBlocking_DiskThatTakesNothing_DoesNotStopTheProgram(string driver)
    {
        const int Written = 30_000;
        string name = NewName(), folder = TemporaryFolder(), read = Path.Combine(folder, "read");
        Run(Client.Docker, "create", "--name", name, "-v", folder + ":/out", "--log-driver", driver, "--log-opt", "mode=non-blocking", "--log-opt", "max-buffer-size=64k",
            "busybox", "sh", "-c", "yes 0123456789 | head -n 30000; touch /out/written; while [ ! -e /out/taken ]; do sleep 0.1; done; exit 3").Ok();
        string log = driver == "local" ? Path.Combine(Engine.DataRoot, "containers", Inspect(name, "{{.Id}}"), "local-logs", "container.log") : Inspect(name, "{{.LogPath}}");
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        File.Delete(log);
        Command.Run("mkfifo", [log]).Ok();
        System.Diagnostics.Process reader;
        using (new FileStream(log, FileMode.Open, FileAccess.ReadWrite))
        {
            Run(Client.Docker, "start", name).Ok();
            Eventually(() => File.Exists(Path.Combine(folder, "written")), "the program has written more than pipe and buffer hold");
            reader = Command.Start("sh", ["-c", $"exec < {log}; exec cat > {read}"]);
            Eventually(() => File.Exists(read), "somebody has opened the log, and then the file");
        }

        // once the reader takes what waited, the program may end, and with it the writer of the log
        File.WriteAllText(Path.Combine(folder, "taken"), "");
        Assert.Equal("3", Run(Client.Docker, "wait", name).Ok().Text);
        Assert.True(reader.WaitForExit(TimeSpan.FromSeconds(60)));
        string[] lines = File.ReadAllText(read, System.Text.Encoding.Latin1).Split("0123456789");
        Assert.InRange(lines.Length - 1, 1000, Written - 1000);
        Assert.All(driver == "json-file" ? File.ReadLines(read) : [], line => Assert.Matches("^\\{\"log\":\"0123456789\\\\n\",\"stream\":\"stdout\",\"time\":\"[^\"]+\"}$", line));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Mistakes_AreNamed(Client client)
    {
        Refused(client, "no log driver named 'nosuch' is registered", "--log-driver", "nosuch");
        Refused(client, "unknown log opt 'colour' for json-file log driver", "--log-opt", "colour=red");
        Refused(client, "max-file cannot be less than 1", "--log-opt", "max-file=0");
        Refused(client, "logging mode not supported: x", "--log-opt", "mode=x");
        Run(client, "run", "--rm", "--log-driver", "none", "--log-opt", "a=b", "busybox", "true").Fails(125, "invalid logging opts for driver none");
    }
}
