using System.Net.Sockets;
using System.Text;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Attacks;

/// <summary>Attack <c>bld-secret-leak</c>: what is lent to a build must be nowhere after it: bytes are looked for in everything the engine keeps.</summary>
public sealed class BuildSecretTests(SharedEngine shared) : EngineTest(shared)
{
    [Fact]
    public void Secret_OfABuild_IsInNoLayerHistoryCacheProvenanceOrLog()
    {
        string name = NewName(), secret = "sup3r-" + Guid.NewGuid().ToString("N"), folder = Context(
            "FROM busybox\n"
            + "RUN --mount=type=secret,id=file wc -c < /run/secrets/file > /length\n"
            + "RUN --mount=type=secret,id=file,target=/deep/er/token,mode=0444,uid=7 stat -c '%a %u' /deep/er/token > /mode\n"
            + "RUN --mount=type=secret,id=VALUE,env=VALUE test ${#VALUE} -gt 10 && echo yes > /env\n"
            + "RUN test ! -s /run/secrets/file && test ! -s /deep/er/token\n");
        string file = Path.Combine(folder, "secret");
        File.WriteAllText(file, secret);
        File.WriteAllText(Path.Combine(folder, ".dockerignore"), "secret\nout*\n");
        var environment = Environment();
        environment["VALUE"] = secret;
        string outputs = Path.Combine(folder, "out");
        Directory.CreateDirectory(outputs);
        CommandResult built = Build(environment, "--no-cache", "--progress=plain", "-t", name, "--secret", $"id=file,src={file}", "--secret", "id=VALUE",
            "--provenance=mode=max", "--sbom=true", "--cache-to", $"type=local,dest={outputs}/cache,mode=max,compression=uncompressed,force-compression=true",
            "-o", $"type=local,dest={outputs}/files", "-o", $"type=oci,dest={outputs}/layout,tar=false", "-o", $"type=docker,dest={outputs}/docker.tar",
            "--metadata-file", outputs + "/metadata", folder).Ok();
        Assert.DoesNotContain(secret, built.Out + built.Error);
        Assert.Equal($"{secret.Length} 444 7 yes", Run(Client.Docker, "run", "--rm", name, "cat", "/length", "/mode", "/env").Ok().Text.Replace('\n', ' '));
        Assert.DoesNotContain(secret, Run(Client.Docker, "history", "--no-trunc", name).Ok().Out);
        string statements = Engine.Get($"/v1.55/images/{name}/attestations?statement=1");
        Assert.Contains("\"id\":\"VALUE\"", statements);
        Assert.DoesNotContain(secret, statements);
        AssertAbsent(secret, outputs);

        // The records of a cache are packed; what they say is looked through unpacked, and that they are what was meant.
        CommandResult records = Command.Run("/bin/sh", ["-c", $"for f in {outputs}/cache/blobs/sha256/*; do gzip -dc $f 2>/dev/null; done"]);
        Assert.Contains("\"steps\"", records.Out);
        Assert.DoesNotContain(secret, records.Out);
        AssertAbsent(secret, Engine.DataRoot);
        AssertAbsent(secret, Engine.ExecRoot);
        Assert.DoesNotContain(secret, Engine.Log());
        Run(Client.Docker, "rmi", "-f", name).Ok();
    }

    [Fact]
    public void Secret_ThatABuildAlsoSaysItself_IsTakenOutOfProvenance()
    {
        string name = NewName(), secret = "sup3r-" + Guid.NewGuid().ToString("N"), folder = Context("FROM busybox\nARG TOKEN\nARG http_proxy\nRUN --mount=type=secret,id=S true\n");
        var environment = Environment();
        environment["S"] = secret;
        Build(environment, "--secret", "id=S", "--build-arg", "TOKEN=" + secret, "--build-arg", $"http_proxy=http://me:{secret}x@127.0.0.1:9/", "--provenance=mode=max", "-t", name, folder).Ok();
        string statements = Engine.Get($"/v1.55/images/{name}/attestations?statement=1");
        Assert.Contains("build-arg:TOKEN", statements);
        Assert.DoesNotContain(secret, statements);
        Run(Client.Docker, "rmi", "-f", name).Ok();
    }

    [Fact]
    public async Task Secret_OfARunningStep_IsInMemoryAlone()
    {
        string secret = "sup3r-" + Guid.NewGuid().ToString("N"), mark = NewName(), folder = Context($"FROM busybox\nRUN --mount=type=secret,id=S echo running-{mark}; while test -s /run/secrets/S; do sleep 0.1; done\n");
        var environment = Environment();
        environment["S"] = secret;
        using var building = Command.Start(Repository.Program("wharf"), ["build", "--progress=plain", "--secret", "id=S", folder], environment);
        building.StandardInput.Close();
        Task<string> output = building.StandardOutput.ReadToEndAsync();
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task reading = Task.Run(async () =>
        {
            while (await building.StandardError.ReadLineAsync() is { } line)
            {
                if (line.EndsWith(" running-" + mark, StringComparison.Ordinal))
                {
                    seen.TrySetResult();
                }
            }
        });
        try
        {
            await seen.Task.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);

            // -xdev: what is mounted below is no part of the disk.
            Command.Run("find", [Engine.DataRoot, Engine.ExecRoot, "-xdev", "-type", "f", "-size", "-1000k", "-exec", "grep", "-lF", secret, "{}", "+"]).Fails(1);
            string mounted = Assert.Single(File.ReadLines("/proc/self/mountinfo"), l => l.Contains(Engine.ExecRoot + "/builder/", StringComparison.Ordinal) && l.Contains(" - tmpfs ", StringComparison.Ordinal));
            Assert.Equal(secret, File.ReadAllText(Directory.GetFiles(mounted.Split(' ')[4]).Single()));
        }
        finally
        {
            Command.Run("kill", ["-INT", building.Id.ToString()]);
            await building.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await reading.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Eventually(() => !File.ReadAllText("/proc/self/mountinfo").Contains(Engine.ExecRoot + "/builder/", StringComparison.Ordinal), "the memory is given back");
        Assert.DoesNotContain(secret, await output);
    }

    [Fact]
    public void Secret_OfAStepThatFails_IsGoneToo()
    {
        string secret = "sup3r-" + Guid.NewGuid().ToString("N"), folder = Context("FROM busybox\nRUN --mount=type=secret,id=S --mount=type=secret,id=S,env=S test -s /run/secrets/S && exit 3\n");
        var environment = Environment();
        environment["S"] = secret;
        CommandResult built = Build(environment, "--no-cache", "--secret", "id=S", folder).Fails(3);
        Assert.DoesNotContain(secret, built.Out + built.Error);
        AssertAbsent(secret, Engine.DataRoot);
        Assert.DoesNotContain(secret, Engine.Log());
    }

    [Fact]
    public void Secret_ThatIsRequiredAndMissing_IsNamed()
    {
        string folder = Context("FROM busybox\nRUN --mount=type=secret,id=nope,required=true true\nRUN --mount=type=ssh,required=true true\n");
        Build(Environment(), folder).Fails(1, "secret nope: not found", "Dockerfile:2");
        File.WriteAllText(Path.Combine(folder, "Dockerfile"), "FROM busybox\nRUN --mount=type=ssh,required=true true\n");
        Build(Environment(), folder).Fails(1, "the ssh agent default was not given", "--ssh");
    }

    [Fact]
    public void Agent_OfTheClient_AnswersInsideTheStep_AndOnlyThere()
    {
        string folder = Context("FROM busybox\nCOPY ask /ask\nRUN --mount=type=ssh /ask ping1 > /got && /ask ping2 >> /got && echo $SSH_AUTH_SOCK >> /got\n"
            + "RUN --mount=type=ssh,id=other test -z \"$SSH_AUTH_SOCK\"\nRUN test -z \"$SSH_AUTH_SOCK\" && test ! -S /run/buildkit/ssh_agent.0\n");
        File.WriteAllText(Path.Combine(folder, "ask.c"), AskingProgram);
        Command.Run("gcc", ["-static", "-o", Path.Combine(folder, "ask"), Path.Combine(folder, "ask.c")]).Ok();
        string path = Path.Combine(folder, "a.sock"), name = NewName();
        using var agent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        agent.Bind(new UnixDomainSocketEndPoint(path));
        agent.Listen(8);
        var answering = new Thread(() => Answer(agent)) { IsBackground = true };
        answering.Start();
        Build(Environment(), "--no-cache", "-t", name, "--ssh", "default=" + path, folder).Ok();
        Assert.Equal("re:ping1\nre:ping2\n/run/buildkit/ssh_agent.0", Run(Client.Docker, "run", "--rm", name, "cat", "/got").Ok().Text);
        Run(Client.Docker, "rmi", name).Ok();
    }

    [Theory]
    [InlineData("-t", "ed25519")]
    [InlineData("-t", "rsa", "-b", "2048")]
    [InlineData("-t", "ecdsa", "-b", "256")]
    [InlineData("-t", "ecdsa", "-b", "521", "-m", "PEM")]
    public void KeyFile_IsServedToTheStep_AndStaysHere(params string[] kind)
    {
        Packages.Need("/usr/bin/ssh-keygen", "openssh-client");
        string folder = Context("FROM busybox\nCOPY ask /ask\nRUN --mount=type=ssh /ask list > /got\nRUN --mount=type=ssh,id=other test -z \"$SSH_AUTH_SOCK\"\n"), name = NewName();
        string keys = Directory.CreateTempSubdirectory("wharf-keys-").FullName, key = Path.Combine(keys, "key");
        Command.Run("ssh-keygen", ["-q", "-N", "", "-C", "of " + name, "-f", key, .. kind]).Ok();

        // Asks for the identities (message 11) and prints the answer as it comes.
        File.WriteAllText(Path.Combine(folder, "ask.c"), AskingProgram.Replace("write(s, argv[1], strlen(argv[1]))", "write(s, \"\\0\\0\\0\\1\\13\", 5)", StringComparison.Ordinal)
            .Replace("char buffer[100]", "char buffer[2000]", StringComparison.Ordinal).Replace("puts(buffer);", "fwrite(buffer, 1, n, stdout);", StringComparison.Ordinal));
        Command.Run("gcc", ["-static", "-o", Path.Combine(folder, "ask"), Path.Combine(folder, "ask.c")]).Ok();
        Build(Environment(), "--no-cache", "-t", name, "--ssh", "default=" + key, "--provenance=mode=max", folder).Ok();
        string listed = Run(Client.Docker, "run", "--rm", name, "base64", "-w", "0", "/got").Ok().Text;
        byte[] answer = Convert.FromBase64String(listed), blob = Convert.FromBase64String(File.ReadAllText(key + ".pub").Split(' ')[1]);
        Assert.Equal(12, answer[4]);
        Assert.Equal(blob, answer[13..(13 + blob.Length)]);
        // A file of the old kind has no room for a comment: as in ssh-add(1) its name takes the place.
        Assert.EndsWith(kind.Contains("PEM") ? key : "of " + name, Encoding.ASCII.GetString(answer));
        string[] secret = File.ReadAllLines(key);
        AssertAbsent(secret[secret.Length / 2], Engine.DataRoot);
        AssertAbsent(secret[secret.Length / 2], Engine.ExecRoot);
        Assert.DoesNotContain(secret[secret.Length / 2], Engine.Log());
        Command.Run("ssh-keygen", ["-q", "-p", "-N", "passphrase", "-f", key]).Ok();
        Build(Environment(), "--ssh", "default=" + key, folder).Fails(1, "is protected by a passphrase", "ssh-add");
        Run(Client.Docker, "rmi", "-f", name).Ok();
        Directory.Delete(keys, recursive: true);
    }

    private const string AskingProgram = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/socket.h>
        #include <sys/un.h>
        #include <unistd.h>
        int main(int argc, char **argv) {
            struct sockaddr_un a = { .sun_family = AF_UNIX };
            char buffer[100];
            strncpy(a.sun_path, getenv("SSH_AUTH_SOCK"), sizeof a.sun_path - 1);
            int s = socket(AF_UNIX, SOCK_STREAM, 0);
            if (connect(s, (struct sockaddr *)&a, sizeof a) < 0) { perror("connect"); return 1; }
            if (write(s, argv[1], strlen(argv[1])) < 0) { perror("write"); return 2; }
            ssize_t n = read(s, buffer, sizeof buffer - 1);
            if (n <= 0) { perror("read"); return 3; }
            buffer[n] = 0;
            puts(buffer);
            return 0;
        }
        """;

    private static void Answer(Socket agent)
    {
        byte[] buffer = new byte[100];
        try
        {
            while (true)
            {
                using Socket asked = agent.Accept();
                int count;
                while ((count = asked.Receive(buffer)) > 0)
                {
                    asked.Send(Encoding.ASCII.GetBytes("re:" + Encoding.ASCII.GetString(buffer, 0, count)));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private CommandResult Build(Dictionary<string, string> environment, params string[] arguments) => Command.Run(Repository.Program("wharf"), ["build", .. arguments], "", environment, 120);

    private Dictionary<string, string> Environment() => new(Engine.ClientEnvironment()) { ["DOCKER_BUILDKIT"] = "1" };

    private string Context(string dockerfile)
    {
        string folder = Path.Combine(Engine.Root, "context-" + NewName());
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Dockerfile"), dockerfile);
        return folder;
    }

    /// <summary>Looks through file content and names, as a thief with the disk would.</summary>
    private static void AssertAbsent(string secret, string path)
    {
        CommandResult found = Command.Run("grep", ["-rlaF", "--devices=skip", "--exclude-dir=merged", secret, path], timeoutSeconds: 120);
        Assert.True(found.ExitCode != 0 || found.Out.Length == 0, "the secret is in " + found.Out);
    }
}
