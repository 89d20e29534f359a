using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.FirstContact;

/// <summary>The ways to the engine that are not root on its own socket: a group, ssh, TLS.</summary>
public sealed class RemoteAccessTests
{
    [Fact]
    public void Socket_IsForMembersOfItsGroupAlone()
    {
        Command.Run("groupadd", ["-f", "wharf-e2e"]).Ok();
        using var engine = new Engine("-G", "wharf-e2e");
        Assert.Equal("660 root wharf-e2e", Command.Run("stat", ["-c", "%a %U %G", engine.Socket]).Ok().Text);
        string group = Command.Run("getent", ["group", "wharf-e2e"]).Ok().Text.Split(':')[2];
        foreach (var client in Enum.GetValues<Client>())
        {
            var environment = engine.ClientEnvironment();
            environment["DOCKER_CONFIG"] = "/nonexistent";
            string program = ClientPrograms.Of(client);
            Assert.Equal("", Command.Run("setpriv", ["--reuid", "4711", "--regid", "4711", "--groups", group, program, "ps", "-q"], environment: environment).Ok().Text);
            var refused = Command.Run("setpriv", ["--reuid", "4711", "--regid", "4711", "--clear-groups", program, "ps", "-q"], environment: environment);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("permission denied", refused.Error);
        }
    }

    [Theory]
    [InlineData(Client.Docker)]
    [InlineData(Client.Wharf)]
    public void Ssh_GoesThroughTheSshProgramAndDialStdio(Client client)
    {
        using var engine = new Engine();
        engine.Load("busybox");
        string folder = Path.Combine(engine.Root, "bin");
        Directory.CreateDirectory(folder);
        foreach (var far in Enum.GetValues<Client>())
        {
            // What the far side's ssh daemon does: run the command with a shell, with its own idea of where the engine is.
            File.WriteAllText(Path.Combine(folder, "ssh"), $"""
                #!/bin/sh
                echo "$@" >> {engine.Root}/ssh.log
                while [ "x$1" != "x--" ]; do case "$1" in -l|-p|-o) shift 2;; -T|-o*) shift;; *) break;; esac; done
                [ "x$1" = "x--" ] && shift
                shift
                export DOCKER_HOST=unix://{engine.Socket} PATH={folder}:$PATH
                exec sh -c "$*"
                """);
            File.WriteAllText(Path.Combine(folder, "docker"), $"#!/bin/sh\nexec {ClientPrograms.Of(far)} \"$@\"\n");
            Command.Run("chmod", ["+x", Path.Combine(folder, "ssh"), Path.Combine(folder, "docker")]).Ok();
            var environment = engine.ClientEnvironment();
            environment["DOCKER_HOST"] = "";
            environment["PATH"] = folder + ":" + Environment.GetEnvironmentVariable("PATH");
            CommandResult Run(string? input, params string[] arguments) =>
                Command.Run(ClientPrograms.Of(client), ["-H", "ssh://me@far.example:2222", .. arguments], input, environment);
            Assert.Equal("over ssh", Run(null, "run", "--rm", "busybox", "echo", "over ssh").Ok().Text);
            Assert.Equal("piped", Run("piped", "run", "--rm", "-i", "busybox", "cat").Ok().Text);
            Assert.Contains("busybox", Run(null, "images").Ok().Out);
        }

        string log = File.ReadAllText(Path.Combine(engine.Root, "ssh.log"));
        Assert.Contains("-l me", log);
        Assert.Contains("-p 2222", log);
        Assert.Contains("far.example", log);
        Assert.Contains("docker system dial-stdio", log);
    }

    [Fact]
    public void Tls_RefusesClientsWithoutACertificate()
    {
        string folder = Path.Combine("/var/tmp", "wharf-tls-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(folder);
        Command.Run("sh", ["-ec", """
            openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca-key.pem -out ca.pem
            for who in server client; do
              openssl req -newkey rsa:2048 -nodes -subj /CN=$who -keyout $who-key.pem -out $who.csr
              printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=%sAuth\n' $who > $who.ext
              openssl x509 -req -days 2 -in $who.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -extfile $who.ext -out $who-cert.pem
            done
            openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=stranger -keyout stranger-key.pem -out stranger-cert.pem
            """], directory: folder).Ok();
        try
        {
            using var engine = new Engine("-H", "tcp://127.0.0.1:2376", "--tlsverify", "--tlscacert", folder + "/ca.pem", "--tlscert", folder + "/server-cert.pem", "--tlskey", folder + "/server-key.pem");
            engine.Load("busybox");
            foreach (var client in Enum.GetValues<Client>())
            {
                var environment = engine.ClientEnvironment();
                environment["DOCKER_HOST"] = "tcp://127.0.0.1:2376";
                CommandResult Run(string who, params string[] arguments) => Command.Run("nsenter",
                    ["--net=/run/netns/" + engine.Name, ClientPrograms.Of(client), "--tlsverify", "--tlscacert", folder + "/ca.pem", "--tlscert", $"{folder}/{who}-cert.pem", "--tlskey", $"{folder}/{who}-key.pem", .. arguments],
                    who == "client" ? "through tls" : null, environment);
                Assert.Equal("through tls", Run("client", "run", "--rm", "-i", "busybox", "cat").Ok().Text);
                Assert.NotEqual(0, Run("stranger", "ps").ExitCode);
                var none = Command.Run("nsenter", ["--net=/run/netns/" + engine.Name, ClientPrograms.Of(client), "--tls", "ps"], environment: environment);
                Assert.NotEqual(0, none.ExitCode);
                var plain = Command.Run("nsenter", ["--net=/run/netns/" + engine.Name, ClientPrograms.Of(client), "ps"], environment: environment);
                Assert.NotEqual(0, plain.ExitCode);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void PlainTcp_IsWarnedOfLoudlyAndWorks()
    {
        using var engine = new Engine("-H", "tcp://127.0.0.1:2375");
        engine.Load("busybox");
        Patience.Until(() => engine.Log().Contains("without encryption. Access to the remote API is equivalent to root access on the host", StringComparison.Ordinal), "the warning is in the log");
        foreach (var client in Enum.GetValues<Client>())
        {
            var environment = engine.ClientEnvironment();
            environment["DOCKER_HOST"] = "";
            Assert.Equal("tcp", Command.Run("nsenter", ["--net=/run/netns/" + engine.Name, ClientPrograms.Of(client), "-H", "tcp://127.0.0.1:2375", "run", "--rm", "-i", "busybox", "cat"], "tcp", environment).Ok().Text);
            Assert.Contains("API is accessible on http://127.0.0.1:2375 without encryption", engine.Run(client, "info").Ok() is var info ? info.Out + info.Error : "");
        }

        var everywhere = Command.Run("nsenter", ["--net=/run/netns/" + engine.Name, Repository.Program("wharfd"), "-H", "tcp://0.0.0.0:2377",
            "--data-root", engine.Root + "/other", "--exec-root", engine.Root + "/other-exec", "--pidfile", engine.Root + "/other.pid"], timeoutSeconds: 20);
        Assert.NotEqual(0, everywhere.ExitCode);
        Assert.Contains("0.0.0.0:2377", everywhere.Error + everywhere.Out);
    }
}
