using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Containers;

/// <summary>Mistakes of users: the sentence, the status code of the API, the client's exit code, and nothing left behind.</summary>
public sealed class BadInputTests
{
    private static void Leaves(Engine engine, Action mistake)
    {
        string before = Everything(engine);
        mistake();
        string after = "";
        // Interfaces are taken away in the background.
        Patience.Until(() => (after = Everything(engine)) == before, () => $"all is as before:\n{before}\nbut it is:\n{after}");
    }

    private static string Everything(Engine engine) => string.Join('\n',
        engine.Run(Client.Docker, "ps", "-aq").Ok().Out, engine.Run(Client.Docker, "images", "-aq").Ok().Out, engine.Run(Client.Docker, "volume", "ls", "-q").Ok().Out,
        engine.Run(Client.Docker, "network", "ls", "-q").Ok().Out, string.Join('\n', Directory.EnumerateFileSystemEntries(Path.Combine(engine.DataRoot, "containers")).Order()),
        engine.OnHost("sh", "-c", "ip -o link | wc -l; ls /sys/fs/cgroup/*/" + engine.Name + " | grep -E '^[0-9a-f]{64}$'; grep -c " + engine.Root + " /proc/mounts").Out);

    [Theory]
    [InlineData(Client.Docker)]
    [InlineData(Client.Wharf)]
    public void Create_WithAMistake_LeavesNothing(Client client)
    {
        using var engine = new Engine();
        engine.Load("busybox");
        Directory.CreateDirectory(Path.Combine(engine.DataRoot, "containers"));
        foreach ((string[] words, int exit, string text) in new (string[], int, string)[]
        {
            (["run", "--bogus", "busybox"], 125, "unknown flag: --bogus"),
            (["run", "-m", "lots", "busybox"], 125, "invalid size: 'lots'"),
            (["run", "-p", "x:80", "busybox"], 125, "x"),
            (["run", "-p", "80:x", "busybox"], 125, "x"),
            (["run", "-p", "70000:80", "busybox"], 125, "70000"),
            (["run", "-v", ":::", "busybox"], 125, "empty section between colons"),
            (["run", "-v", "bad name:/x", "busybox"], 125, "includes invalid characters for a local volume name"),
            (["run", "--mount", "type=bind", "busybox"], 125, "target is required"),
            (["run", "--mount", "nonsense", "busybox"], 125, "nonsense"),
            (["run", "Upper/Case", "true"], 125, "repository name"),
            (["run", "busybox:bad:tag", "true"], 125, "invalid reference format"),
            (["run", "--name", "-x", "busybox"], 125, "Invalid container name"),
            (["run", "--ip", "not-an-ip", "busybox"], 125, "not-an-ip"),
            (["run", "--network", "nosuchnet", "busybox", "true"], 125, "network nosuchnet not found"),
            (["run", "--cpus", "x", "busybox"], 125, "x"),
            (["run", "--restart", "sometimes", "busybox"], 125, "sometimes"),
            (["run", "-u", "nosuch", "--rm", "busybox", "true"], 125, "unable to find user nosuch"),
            (["run", "--rm", "busybox", "nosuchprogram"], 127, "executable file not found in $PATH"),
            (["run", "--rm", "busybox", "/etc"], 126, "permission denied"),
            (["run", "--rm", "busybox", "/etc/passwd"], 126, "permission denied"),
            (["run", "--rm", "-w", "/etc/passwd", "busybox", "true"], 125, "not a directory"),
            (["create", "--label", "=x", "busybox"], 125, "invalid label"),
            (["volume", "create", "bad name"], 1, "includes invalid characters for a local volume name"),
            (["network", "create", "--subnet", "nonsense", "n1"], 1, "nonsense"),
            (["network", "create", "bridge"], 1, "operation is not permitted on predefined bridge network"),
            (["tag", "busybox", "Bad Name"], 1, "invalid reference format"),
            (["tag", "nosuch", "x"], 1, "No such image: nosuch:latest"),
            (["rmi", "nosuch"], 1, "No such image: nosuch:latest"),
            (["logs", "nosuch"], 1, "No such container: nosuch"),
            (["exec", "nosuch", "true"], 1, "No such container: nosuch"),
            (["commit", "nosuch", "x"], 1, "No such container: nosuch"),
            (["network", "rm", "nosuch"], 1, "network nosuch not found"),
            (["volume", "rm", "nosuch"], 1, "no such volume"),
            (["pull", "127.0.0.1:1/none"], 1, "connection refused"),
        })
        {
            // A container whose program could not be started stays, as with Docker, unless --rm was given.
            Leaves(engine, () =>
            {
                engine.RunWith(client, null, 60, words).Fails(exit == 125 && words[0] == "create" ? 125 : exit, text);
                if (words is ["run", "--network", ..])
                {
                    engine.Run(Client.Docker, ["rm", "-f", .. engine.Run(Client.Docker, "ps", "-aq").Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
                }
            });
        }
    }

    [Theory]
    [InlineData(Client.Docker)]
    [InlineData(Client.Wharf)]
    public void DamagedArchives_AreRefusedWhole(Client client)
    {
        using var engine = new Engine();
        engine.Load("busybox");
        Directory.CreateDirectory(Path.Combine(engine.DataRoot, "containers"));
        byte[] whole = File.ReadAllBytes(Repository.TestImage("busybox"));
        string file = Path.Combine(engine.Root, "bad.tar");
        byte[] wrong = [.. whole];
        wrong[whole.Length / 2] ^= 0x55; // inside the layer: its digest no longer fits
        foreach ((string name, byte[] bytes) in new[] { ("cut", whole[..(whole.Length / 2)]), ("empty", []), ("noise", [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 31))]), ("wrong digest", wrong) })
        {
            engine.Run(Client.Docker, "rmi", "-f", "busybox").Ok();
            File.WriteAllBytes(file, bytes);
            Leaves(engine, () =>
            {
                var result = engine.Run(client, "load", "-i", file);
                Assert.True(result.ExitCode == 1, name + "\n" + result);
                Assert.Equal("", engine.Run(Client.Docker, "images", "-aq").Ok().Text);
            });
            engine.Load("busybox");
        }

        engine.Run(client, "load", "-i", "/no/such/file").Fails(1, "no such file or directory");
        engine.Run(client, "import", "/no/such/file").Fails(1, "no such file or directory");
    }

    [Fact]
    public void FullDisk_IsSaidAndCleanedUp()
    {
        string root = Path.Combine("/var/tmp", "wharf-full-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(root);
        Command.Run("mount", ["-t", "tmpfs", "-o", "size=24m", "full", root]).Ok();
        try
        {
            using var engine = new Engine("--storage-driver", "vfs", "--data-root", Path.Combine(root, "data"));
            engine.RunWith(Client.Docker, null, 60, "load", "-i", Repository.TestImage("busybox")).Ok();
            engine.Run(Client.Docker, "rmi", "-f", "busybox").Ok();
            Command.Run("sh", ["-c", $"free=$(df -k --output=avail {root} | tail -1); head -c $(((free - 700) * 1024)) /dev/zero > {root}/ballast"]).Ok();
            var load = engine.RunWith(Client.Docker, null, 60, "load", "-i", Repository.TestImage("busybox")).Fails(1);
            Assert.True((load.Error + load.Out).Contains("no space left on device", StringComparison.OrdinalIgnoreCase), load.ToString());
            Assert.Equal("", engine.Run(Client.Docker, "images", "-aq").Ok().Text);
            File.Delete(Path.Combine(root, "ballast"));
            engine.RunWith(Client.Docker, null, 60, "load", "-i", Repository.TestImage("busybox")).Ok();
        }
        finally
        {
            Command.Run("umount", ["-l", root]);
            Directory.Delete(root);
        }
    }

    [Theory]
    [InlineData("POST", "/containers/create", "{", 400)]
    [InlineData("POST", "/containers/create", "", 400)]
    [InlineData("POST", "/containers/create", "[]", 400)]
    [InlineData("POST", "/containers/create", "{}", 400)]
    [InlineData("POST", "/containers/create", "{\"Image\":\"nosuch\"}", 404)]
    [InlineData("POST", "/containers/create?name=a%00b", "{\"Image\":\"busybox\"}", 400)]
    [InlineData("POST", "/containers/create", "{\"Image\":\"busybox\",\"Cmd\":5}", 400)]
    [InlineData("POST", "/containers/create", "{\"Image\":\"busybox\",\"Env\":[\"A=\\u0000\"]}", 400)]
    [InlineData("GET", "/containers/json?filters=nonsense", "", 400)]
    [InlineData("GET", "/containers/json?filters=%7B%22nonsense%22%3A%5B%221%22%5D%7D", "", 400)]
    [InlineData("GET", "/containers/nosuch/json", "", 404)]
    [InlineData("GET", "/containers/nosuch/logs?stdout=1", "", 404)]
    [InlineData("POST", "/containers/nosuch/start", "", 404)]
    [InlineData("DELETE", "/containers/nosuch", "", 404)]
    [InlineData("POST", "/exec/nosuch/start", "{}", 404)]
    [InlineData("GET", "/exec/nosuch/json", "", 404)]
    [InlineData("GET", "/images/nosuch/json", "", 404)]
    [InlineData("POST", "/networks/create", "{}", 400)]
    [InlineData("GET", "/networks/nosuch", "", 404)]
    [InlineData("POST", "/volumes/create", "{\"Driver\":\"nosuch\"}", 404)]
    [InlineData("GET", "/volumes/nosuch", "", 404)]
    [InlineData("POST", "/session", "", 400)]
    [InlineData("POST", "/grpc", "", 400)]
    [InlineData("PATCH", "/containers/json", "", 404)]
    [InlineData("GET", "/swarm", "", 503)]
    [InlineData("GET", "/nodes", "", 503)]
    [InlineData("GET", "/plugins", "", 200)]
    public void Api_AnswersWithTheStatusOfDocker(string method, string path, string body, int status)
    {
        string answer = Shared.Http($"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        if (status >= 400)
        {
            Assert.Contains("{\"message\":\"", answer);
        }
    }

    public BadInputTests(SharedEngine shared) => Shared = shared.Engine;

    private Engine Shared { get; }
}
