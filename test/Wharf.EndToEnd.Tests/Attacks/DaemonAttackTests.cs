using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Attacks;

/// <summary>What a daemon shows to the machine it runs on, to browsers and to terminals.</summary>
public sealed class DaemonAttackTests(SharedEngine shared) : AttackTest(shared)
{
    [Theory]
    [Trait("attack", "api-tcp-insecure")]
    [Trait("attack", "api-authz-big-body")]
    [Trait("attack", "api-authz-path")]
    [InlineData("refusing to listen on 0.0.0.0:2375 without TLS", "-H", "tcp://0.0.0.0:2375")]
    [InlineData("refusing to listen on [::]:2375 without TLS", "-H", "tcp://[::]:2375")]
    [InlineData("flag --authorization-plugin is not supported", "--authorization-plugin", "any")]
    public void Start_ThatWouldLeaveTheApiOpen_IsRefused(string expected, params string[] flags)
    {
        string root = Directory.CreateTempSubdirectory("wharf-refused-").FullName;
        // a private network: nothing listens beyond this test, whatever happens
        CommandResult result = Command.Run("unshare", ["--net", "timeout", "-k", "1", "30", Repository.Program("wharfd"), "--data-root", root + "/data", "--exec-root", root + "/exec", "--pidfile", root + "/pid", .. flags]);
        Directory.Delete(root, recursive: true);

        Assert.Contains(expected, result.Error + result.Out);
        Assert.True(result.ExitCode is not (0 or 124), result.ToString());
    }

    [Fact]
    [Trait("attack", "api-browser")]
    public void Requests_FromWebPages_AreRefusedOnTcp()
    {
        using var engine = new Engine("-H", "tcp://127.0.0.1:2375");
        string Status(params string[] flags) => engine.OnHost(["curl", "-s", "-o", "/dev/null", "-m", "20", "-w", "%{http_code}", .. flags]).Out;
        const string Api = "http://127.0.0.1:2375";
        Assert.Equal("200", Status(Api + "/containers/json"));
        Assert.Equal("403", Status("-X", "POST", "-H", "Origin: http://evil.example", Api + "/containers/prune"));
        Assert.Equal("403", Status("-X", "POST", "-H", "Origin: null", "-H", "Content-Type: text/plain", "-d", "{}", Api + "/containers/create"));
        Assert.Equal("403", Status("-H", "Sec-Fetch-Site: cross-site", Api + "/images/json"));
        Assert.Equal("403", Status("-H", "Host: rebound.attacker.example:2375", Api + "/info"));
        Assert.Equal("403", Status("-H", "Origin: http://evil.example", "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13", "-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", Api + "/containers/any/attach/ws?stream=1"));
    }

    [Fact]
    [Trait("attack", "api-name-injection")]
    public void NamesWithControlCharacters_AreRefused_AndShownEscapedWhereTheyMayBe()
    {
        foreach (string bad in (string[])["a\u001b[31mb", "a\nb", "../../x", "a\u202eb", "a/../b"])
        {
            Run(Client.Docker, "create", "--name", bad, "busybox").Fails(1, "Invalid container name");
            Run(Client.Docker, "volume", "create", bad).Fails(1);
            Run(Client.Docker, "tag", "busybox", bad).Fails(1);
        }

        Assert.NotEqual(0, Run(Client.Docker, "network", "create", "a\u001b[31mb").ExitCode);
        Assert.NotEqual(0, Run(Client.Docker, "network", "create", "../../x").ExitCode);
        string name = NewName();
        Run(Client.Docker, "create", "--name", name, "--label", "key\u001b]0;t\u0007=value\u001b[2J", "-e", "E=\u001b[2J", "busybox", "echo", "\u001b[2J").Ok();
        foreach (string[] command in (string[][])[["ps", "-a", "--no-trunc"], ["ps", "-a", "--format", "{{.Names}} {{.Labels}} {{.Command}}"], ["inspect", name]])
        {
            Assert.DoesNotContain('\u001b', Run(Client.Wharf, command).Ok().Out);
        }

        // values as they are for programs, but not for a terminal
        string shown = $"{ClientPrograms.Of(Client.Wharf)} inspect -f '{{{{.Config.Labels}}}} {{{{.Config.Env}}}} {{{{.Config.Cmd}}}}' {name}";
        Assert.DoesNotContain('\u001b', Command.Run("script", ["-qec", shown, "/dev/null"], null, Engine.ClientEnvironment()).Ok().Out);
        Assert.DoesNotContain('\u001b', Engine.Log());
    }

    [Theory]
    [Trait("attack", "api-template")]
    [InlineData("{{define \"x\"}}{{template \"x\"}}{{end}}{{template \"x\"}}", "exceeded maximum template depth")]
    [InlineData("nested", "max expression depth exceeded")]
    public void Format_ThatNeverEnds_IsRefused_ByClientAndDaemon(string template, string expected)
    {
        const int Depth = 30_000;
        template = template == "nested" ? "{{" + new string('(', Depth) + "1" + new string(')', Depth) + "}}" : template;
        string name = NewName();
        Run(Client.Docker, "create", "--name", name, "busybox").Ok();
        Run(Client.Wharf, "ps", "-a", "--format", template).Fails(1, expected);
        // a log's tag is a template that the daemon itself works out
        Run(Client.Docker, "run", "--rm", "--log-opt", "tag=" + template, "busybox", "true").Fails(125, expected);
        Assert.Contains("200 OK", Engine.Get("/_ping"));
    }

    [Fact]
    [Trait("attack", "fs-modes")]
    public void FilesOfTheEngine_AreItsOwn()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "-e", "SECRET=1", "-v", NewName() + ":/v", "busybox", "sleep", "600").Ok();
        Assert.Equal("710", Mode(Engine.DataRoot));
        Assert.Equal("700", Mode(Engine.ExecRoot));
        Assert.Equal("660", Mode(Engine.Socket));
        foreach (string file in Directory.GetFiles(Engine.DataRoot, "state.db*").Where(f => !f.EndsWith(".lock", StringComparison.Ordinal) && !f.EndsWith(".reserve", StringComparison.Ordinal)))
        {
            Assert.Equal("600", Mode(file));
        }

        Assert.Equal("600", Mode(SocketOf(name)));
        Assert.Empty(Find(Engine.ExecRoot, "-type", "s", "-not", "-perm", "600"));
        // nothing that others may write, but what containers see as their own: layers and volumes
        Assert.Empty(Find(Engine.DataRoot, "(", "-path", "*/overlay2/*/diff", "-o", "-path", "*/volumes/*/_data", "-o", "-path", "*/overlay2/*/merged", ")", "-prune", "-o", "-perm", "/022", "-not", "-type", "l", "-print"));
        Assert.Equal("640", Mode(Inspect(name, "{{.LogPath}}")));
        // and to a stranger all of it is closed
        foreach (string path in (string[])[Engine.DataRoot + "/overlay2", Engine.DataRoot + "/state.db", Engine.ExecRoot + "/shims", SocketOf(name)])
        {
            Assert.NotEqual(0, Command.Run("setpriv", ["--reuid", "4711", "--regid", "4711", "--clear-groups", "stat", path]).ExitCode);
        }
    }

    [Fact]
    [Trait("attack", "sock-abstract")]
    public void Sockets_AreFilesOfRootAlone()
    {
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "busybox", "sleep", "600").Ok();
        Assert.DoesNotContain(" @", Engine.OnHost("cat", "/proc/net/unix").Ok().Out);
        Assert.DoesNotContain(" @", Run(Client.Docker, "run", "--rm", "--network", "host", "busybox", "cat", "/proc/net/unix").Ok().Out);
        string socket = SocketOf(name);
        // with the directory in hand, as a leaked descriptor would give it
        CommandResult result = Command.Run("sh", ["-c", "exec 9<\"$1\"; exec setpriv --reuid 4711 --regid 4711 --clear-groups perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_STREAM, 0); connect($s, pack_sockaddr_un(\"/proc/self/fd/9/shim.sock\")) ? print \"in\" : print $!'", "sh", Path.GetDirectoryName(socket)!]);
        Assert.Equal("Permission denied", result.Text);
    }

    [Fact]
    [Trait("attack", "cred-at-rest")]
    public void Secrets_AreInNoLogArgumentOrEnvironment()
    {
        const string FromOutside = "of-the-daemons-environment-4711", Password = "of-a-registry-4712";
        using Engine engine = Engine.StartedBy(["env", "SOME_TOKEN=" + FromOutside], "-D");
        engine.Load("busybox");
        string authentication = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{{\"username\":\"u\",\"password\":\"{Password}\",\"serveraddress\":\"127.0.0.1:1\"}}"));
        Assert.Contains("connection refused", engine.Http($"POST /images/create?fromImage=127.0.0.1:1/x&tag=y HTTP/1.1\r\nHost: d\r\nConnection: close\r\nX-Registry-Auth: {authentication}\r\nContent-Length: 0\r\n\r\n"));
        string body = $"{{\"username\":\"u\",\"password\":\"{Password}\",\"serveraddress\":\"http://127.0.0.1:1\"}}";
        Assert.Contains("connection refused", engine.Http($"POST /auth HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        engine.Run(Client.Docker, "run", "-d", "--name", "holder", "-e", "OWN=own-4713", "busybox", "sleep", "600").Ok();
        engine.Run(Client.Docker, "run", "--rm", "busybox", "true").Ok();

        Assert.Contains("Calling POST", engine.Log());
        Assert.All((string[])[FromOutside, Password, authentication, "own-4713"], secret => Assert.DoesNotContain(secret, engine.Log()));
        int container = int.Parse(engine.Run(Client.Docker, "inspect", "-f", "{{.State.Pid}}", "holder").Ok().Text);
        int shim = int.Parse(File.ReadLines($"/proc/{container}/status").First(l => l.StartsWith("PPid:", StringComparison.Ordinal))[5..]);
        foreach (int pid in (int[])[container, shim])
        {
            Assert.DoesNotContain(FromOutside, File.ReadAllText($"/proc/{pid}/environ"));
        }

        Assert.DoesNotContain("4713", File.ReadAllText($"/proc/{shim}/cmdline") + File.ReadAllText($"/proc/{shim}/environ"));
        Assert.Empty(Find(engine.Root, "-type", "f", "-exec", "grep", "-lqE", $"{FromOutside}|{Password}", "{}", ";", "-print"));
    }

    private string SocketOf(string container) => $"{Engine.ExecRoot}/shims/{Inspect(container, "{{.Id}}")}/shim.sock";

    private static string Mode(string path) => Command.Run("stat", ["-c", "%a", path]).Ok().Text;

    private static string[] Find(string root, params string[] expression) =>
        Command.Run("find", [root, .. expression]).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
