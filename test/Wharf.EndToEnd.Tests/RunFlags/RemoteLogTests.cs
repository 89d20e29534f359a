using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.RunFlags;

/// <summary>Log drivers that send lines elsewhere, received by the test.</summary>
public sealed class RemoteLogTests(SharedEngine shared) : RunFlagTest(shared)
{
    private string SocketPath() => Path.Combine(Engine.Root, "log" + Guid.NewGuid().ToString("N")[..8]);

    private static string ReceiveUntil(Socket socket, string text)
    {
        var all = new StringBuilder();
        byte[] buffer = new byte[65536];
        socket.ReceiveTimeout = 15_000;
        while (!all.ToString().Contains(text, StringComparison.Ordinal))
        {
            all.Append(Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer))).Append('\n');
        }

        return all.ToString();
    }

    [Theory, MemberData(nameof(Clients))]
    public void Syslog_GetsEveryLineAndLogsCanBeRead(Client client)
    {
        string path = SocketPath(), name = NewName();
        using var receiver = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        receiver.Bind(new UnixDomainSocketEndPoint(path));
        Run(client, "run", "-d", "--name", name, "--log-driver", "syslog", "--log-opt", "syslog-address=unixgram://" + path, "--log-opt", "syslog-format=rfc5424micro",
            "--log-opt", "syslog-facility=local0", "--log-opt", "tag=pier/{{.Name}}", "busybox", "sh", "-c", "echo first; echo second >&2; sleep 600").Ok();
        string text = ReceiveUntil(receiver, "second");
        Assert.Matches($@"<134>1 \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{6}}Z \S+ pier/{name} \d+ pier/{name} - first\n", text);
        Assert.Matches($@"<131>1 .* second\n", text);
        var logs = Run(client, "logs", name).Ok();
        Assert.Equal("first\n", logs.Out);
        Assert.Equal("second\n", logs.Error);
        Assert.Equal("syslog ", Inspect(name, "{{.HostConfig.LogConfig.Type}} {{.LogPath}}"));
    }

    [Theory, MemberData(nameof(Clients))]
    public void Fluentd_GetsRecords(Client client)
    {
        string path = SocketPath(), name = NewName();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Run(client, "run", "-d", "--name", name, "-l", "quay=7", "--log-driver", "fluentd", "--log-opt", "fluentd-address=unix://" + path, "--log-opt", "labels=quay", "busybox", "echo", "to fluentd").Ok();
        using Socket check = listener.Accept(), connection = listener.Accept();
        string text = ReceiveUntil(connection, "to fluentd");
        foreach (string part in (string[])["container_id", Inspect(name, "{{.Id}}"), "/" + name, "stdout", "quay", "log"])
        {
            Assert.Contains(part, text);
        }
    }

    [Fact]
    public void Gelf_GetsCompressedMessages()
    {
        using var receiver = Command.Start("nsenter", ["--net=/run/netns/" + Engine.Name, "socat", "-u", "-b", "65536", "UDP-RECV:12201", "STDOUT"]);
        Eventually(() => File.ReadAllText($"/proc/{receiver.Id}/net/udp").Contains($":{12201:X4} ", StringComparison.Ordinal), "the receiver listens");
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "-e", "COLOUR=red", "--log-driver", "gelf", "--log-opt", "gelf-address=udp://127.0.0.1:12201", "--log-opt", "env=COLOUR", "busybox", "echo", "to graylog").Ok();
        byte[] buffer = new byte[65536];
        int count = receiver.StandardOutput.BaseStream.Read(buffer);
        receiver.Kill();
        using var unpacked = new StreamReader(new GZipStream(new MemoryStream(buffer, 0, count), CompressionMode.Decompress));
        string json = unpacked.ReadToEnd();
        foreach (string part in (string[])["\"version\":\"1.1\"", "\"short_message\":\"to graylog\"", "\"level\":6", $"\"_container_name\":\"{name}\"", "\"_COLOUR\":\"red\"", "\"_image_name\":\"busybox\""])
        {
            Assert.Contains(part, json);
        }
    }

    [Theory, MemberData(nameof(Clients))]
    public void Mistakes_AreNamedAndAReceiverMustBeThere(Client client)
    {
        Refused(client, "failed to initialize logging driver", "--log-driver", "fluentd", "--log-opt", "fluentd-address=127.0.0.1:1");
        Sh(client, "true", "--log-driver", "fluentd", "--log-opt", "fluentd-address=127.0.0.1:1", "--log-opt", "fluentd-async=true");
        Refused(client, "gelf-address is a required parameter", "--log-driver", "gelf");
        Refused(client, "Invalid syslog format: nope", "--log-driver", "syslog", "--log-opt", "syslog-format=nope");
        Refused(client, "invalid syslog facility: nope", "--log-driver", "syslog", "--log-opt", "syslog-facility=nope");
        Refused(client, "unknown log opt 'colour' for syslog log driver", "--log-driver", "syslog", "--log-opt", "colour=red");
        Refused(client, "no log driver named 'awslogs' is registered", "--log-driver", "awslogs");
    }

    [Fact]
    public void Receiver_AwayForAWhile_GetsTheRestAfterADaemonsRestart()
    {
        using var engine = new Engine();
        engine.Load("busybox");
        string path = Path.Combine(engine.Root, "receiver");
        var receiver = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        receiver.Bind(new UnixDomainSocketEndPoint(path));
        engine.Run(Client.Docker, "run", "-d", "--name", "count", "--log-driver", "syslog", "--log-opt", "syslog-address=unixgram://" + path, "busybox",
            "sh", "-c", "i=0; while [ $i -lt 60 ]; do echo line$i.; i=$((i+1)); sleep 0.1; done; sleep 600").Ok();
        string text = ReceiveUntil(receiver, "line5.");
        receiver.Dispose();
        File.Delete(path);
        engine.Kill();
        using var second = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        second.Bind(new UnixDomainSocketEndPoint(path));
        engine.Start();
        string rest = ReceiveUntil(second, "line59.");

        // What the first receiver had accepted when it went, nobody can read; from there on nothing is missing, and at most the line that was under way when the daemon was killed comes twice.
        int[] numbers = [.. System.Text.RegularExpressions.Regex.Matches(rest, @"line(\d+)\.").Select(m => int.Parse(m.Groups[1].Value))];
        Assert.Contains("line5.", text);
        Assert.InRange(numbers[0], 5, 40);
        Assert.Equal(Enumerable.Range(numbers[0], 60 - numbers[0]), numbers);
    }
}
